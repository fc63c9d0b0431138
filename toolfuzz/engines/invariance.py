"""Split invariance: however a text is cut into increments, the same calls and content come back."""

import json
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace

from toolfuzz.core.case import JsonObject
from toolfuzz.core.effort import TooMuchError
from toolfuzz.core.exchange import Attempt
from toolfuzz.engines.cuts import cut
from toolfuzz.formats import USUAL, wire_format
from toolfuzz.judge.counterpart import key
from toolfuzz.judge.stream import assemble

__all__ = ["CUT_HEADER", "fewest", "streamed"]

CUT_HEADER = "x-toolfuzz-cut"
"""Of a reply that depends on the cut: the increments, as a JSON list."""
_MOST_ASKED = 200

Ask = Callable[[JsonObject], Awaitable[Attempt]]


async def streamed(ask: Ask, question: JsonObject) -> Attempt:
    """Stream a text in each of the question's ``cuts``; return the reply that differs, if one does.

    It is held against the plain reply to the same text. What differs is asked again with ever
    fewer increments, as long as it differs; those that are left stand in the reply's headers.
    Where nothing differs, and where the plain reply is an error, it is the reply to the first cut.
    """
    asked = {name: question[name] for name in question.keys() - {"text", "deltas", "cuts"}}
    plain = await ask({**asked, "text": question["text"], "stream": False})
    whole = _result(plain, stream=False)
    first: Attempt | None = None
    for deltas in _cuts(question):
        attempt = await ask({**asked, "deltas": deltas})
        first = first or attempt
        if whole is None:
            break
        if _result(attempt, stream=True) != whole:
            least, attempt = await _least(ask, asked, deltas, attempt, whole)
            headers = {**attempt.headers, CUT_HEADER: json.dumps(least)}
            return replace(attempt, headers=headers)
    assert first is not None, "there is one cut at least"
    return first


def _cuts(question: JsonObject) -> Iterator[list[str]]:
    text, markers = question["text"], question["markers"]
    yield question["deltas"]
    for name in question["cuts"][1:]:
        yield cut(text, name, markers, random.Random(text))


async def _least(
    ask: Ask, asked: JsonObject, deltas: Sequence[str], attempt: Attempt, whole: object
) -> tuple[list[str], Attempt]:
    """Join increments as long as the result differs."""
    if _result(attempt, stream=True) is None:
        return list(deltas), attempt
    differing = attempt

    async def differs(pieces: Sequence[str]) -> bool:
        nonlocal differing
        other = await ask({**asked, "deltas": list(pieces)})
        found = _result(other, stream=True) not in (whole, None)
        differing = other if found else differing
        return found

    return await fewest(deltas, differs), differing


async def fewest(
    pieces: Sequence[str], shows: Callable[[Sequence[str]], Awaitable[bool]]
) -> list[str]:
    """Return ever fewer increments, half of them joined at a time and then fewer, as long as they
    still show what is looked for; the ones given do.
    """
    found, left, span = list(pieces), _MOST_ASKED, max(len(pieces) - 1, 1)
    while span and left:
        start = 0
        while start + 1 < len(found) and left:
            joined = ["".join(found[start : start + span + 1])]
            fewer = [*found[:start], *joined, *found[start + span + 1 :]]
            left -= 1
            if await shows(fewer):
                found = fewer
            else:
                start += span
        span //= 2
    return found


def _result(attempt: Attempt, *, stream: bool) -> tuple[list[str], str, str] | None:
    """Return the calls, the content and the reasoning of a reply; None for one that is an error.

    None as well for one that makes too much work.
    """
    format = wire_format(USUAL)
    reply = format.read(attempt, stream=stream)
    if reply.error is not None:
        return None
    calls = reply.calls
    try:
        if stream:
            calls = tuple(call.tool_call() for call in assemble(reply, format.traits, ()))
        keys = [key(call) for call in calls]
    except TooMuchError:
        return None
    return keys, reply.text.strip(), reply.reasoning.strip()
