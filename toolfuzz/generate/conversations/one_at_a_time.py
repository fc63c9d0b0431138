"""A batch with parallel calls switched off: one call a turn, and the rest follow."""

from collections.abc import Sequence

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Expectation, ExpectedCall, Turn
from toolfuzz.generate.conversations.base import (
    listed,
    number_the_calls,
    numbered_calls,
    read_list,
    rounds,
    said,
    spelled,
)
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.prompts import pattern

_PROMPT = (
    "Make these {count} calls in this order, one a turn, each only when you have the result of "
    "the one before it:\n\n{calls}"
)


def _ask(pick: Pick, offer: Offer) -> tuple[Turn, ...]:
    calls = numbered_calls(pick, offer, pick.within(2, 3))
    prompt = _PROMPT.format(count=len(calls), calls=listed(calls))
    return tuple(
        Turn(
            () if n else said(prompt),
            Expectation("calls", (call,)),
            parallel=False,
            results=() if n == len(calls) - 1 else (spelled({"status": "done"}),),
        )
        for n, call in enumerate(calls)
    )


def _read(ask: Ask) -> Sequence[ExpectedCall] | None:
    match = pattern(_PROMPT).fullmatch(ask.prompt)
    return None if match is None else read_list(match["calls"])[len(rounds(ask)) :][:1]


PROBE = Probe(
    "one-at-a-time",
    "a batch with parallel calls switched off, one call a turn",
    2,
    _ask,
    prepare=number_the_calls,
    read=_read,
)
