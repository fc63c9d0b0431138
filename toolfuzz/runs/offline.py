"""Recorded exchanges, read from a file and judged without a network."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.given import given_of
from toolfuzz.core.verdict import Finding
from toolfuzz.formats import guess, wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.counterpart import samples
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.conversations import Conversations
from toolfuzz.recordings.journal import Questions
from toolfuzz.recordings.kinds import read_file
from toolfuzz.recordings.recorded import BadEntry, Recorded, read_attempt, read_exchange
from toolfuzz.runs.expecting import ByHand
from toolfuzz.runs.told import ToldByRun, journal_lines
from toolfuzz.sources.redaction import NO_SECRETS, Redaction
from toolfuzz.worlds.play import ending_of

__all__ = ["Judged", "judge_entries", "judge_file", "judge_one", "judged"]

_OF_THE_WIRE = ("wire", "stream")


@dataclass(frozen=True, slots=True)
class Judged:
    """One exchange, joined to what was said before it, and what the judge says of it.

    ``by_hand``: somebody said what was expected. ``redaction`` masks what the recorded request
    carried as credentials.
    """

    recorded: Recorded
    judgement: Judgement
    by_hand: bool = False
    redaction: Redaction = NO_SECRETS

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings as they may be shown."""
        leaked = self.redaction.says(self.judgement.reply)
        return self.redaction.findings(self.judgement.findings, leaked=leaked)


def judge_file(
    path: Path, policy: Policy, told: ByHand | None = None, *, requests: Path | None = None
) -> Iterator[Judged | BadEntry]:
    """Judge a file entry by entry, in its order; a bad entry is reported and the rest goes on.

    ``-`` is standard input; ``told`` is what was expected, ``requests`` the file of what was asked
    where that isn't in this one. Raises UsageError when the file can't be read at all, and where
    what was expected doesn't fit it.
    """
    entries = read_file(path, requests)
    return judge_entries(entries, policy, ToldByRun(lambda: journal_lines(path)), told)


def judge_entries(
    entries: Iterable[Recorded | BadEntry],
    policy: Policy,
    by_run: ToldByRun,
    told: ByHand | None = None,
) -> Iterator[Judged | BadEntry]:
    """Judge the entries of a file (see ``judge_file``); ``by_run`` is what its run found out."""
    questions, conversations = Questions(), Conversations()
    for read in entries:
        if isinstance(read, BadEntry):
            yield read
            continue
        redaction = Redaction(None, read.headers) if read.headers else NO_SECRETS
        read = _masked(read, redaction)
        before = questions if read.question else conversations
        try:
            recorded = before.join(read)
        except UsageError as error:
            yield BadEntry(read.number, error.message)
            continue
        judgement = judged(recorded)
        if _in_doubt(recorded, judgement):
            recorded = replace(recorded, again=by_run.again(recorded))
            judgement = judged(recorded)
        by_hand = None
        if told and recorded.turn == len(recorded.case.turns) - 1:
            by_hand = told.of(recorded.case, judgement.reply.calls, recorded.id)
        if by_hand is not None:
            recorded = replace(recorded, case=by_hand)
            judgement = judged(recorded)
        before.remember(recorded, judgement.reply)
        if recorded.repeat < 0:
            continue  # it was asked for the sake of another
        judgement = policy.apply(_with_world(recorded, judgement))
        if judgement.status == "unjudged":
            judgement = by_run.instead(recorded.question, judgement, policy)
        yield Judged(recorded, judgement, by_hand is not None, redaction)
    if told:
        told.check()


def _in_doubt(recorded: Recorded, judgement: Judgement) -> bool:
    """Whether a finding on a turn of a conversation may be chance, by what stands before it."""
    case, turn = recorded.case, recorded.turn
    goes_on = case.world is not None or turn + 1 < len(case.turns)
    if not recorded.question or recorded.again or not goes_on:
        return False
    found = (f for f in judgement.findings if f.severity != "error")
    return any(defects()[f.slug].by_chance for f in found)


def _masked(read: Recorded, redaction: Redaction) -> Recorded:
    """Return an exchange whose request, with its history, holds none of its own credentials."""
    body = redaction.request(read.request)
    if body == read.request or read.ask is None:
        return read
    asked = wire_format(read.format).read_request(body)
    ask = replace(asked, model=read.ask.model, stream=read.ask.stream)
    again = read_attempt(read.id, read.format, body, read.attempt, ask=ask, stream=read.stream)
    return replace(again, number=read.number, base_url=read.base_url, headers=read.headers)


def _with_world(recorded: Recorded, judgement: Judgement) -> Judgement:
    """Add what became of a world to the judgement of the reply that ended it."""
    earlier = [reply for reply in recorded.replies[:-1] if reply is not None]
    if judgement.status != "pass" or len(earlier) < len(recorded.replies) - 1:
        return judgement
    ending = ending_of(recorded.case, [*earlier, judgement.reply])
    if ending is None:
        return judgement
    findings = (*judgement.findings, *ending.findings)
    return replace(judgement, findings=findings, status=ending.status)


def judge_one(
    request: bytes | str | Mapping[str, Any],
    response: bytes | str | Mapping[str, Any],
    *,
    expect: JsonObject | None = None,
    format: str | None = None,
    stream: bool | None = None,
    status: int = 200,
) -> Judgement:
    """Judge one reply to one request body (see ``toolfuzz.judge``); raises UsageError."""
    body = dict(request) if isinstance(request, Mapping) else _loaded(request)
    named = format or guess(body).name
    reply = dict(response) if isinstance(response, Mapping) else response
    if not isinstance(reply, dict | bytes | str):
        raise UsageError(
            f"a reply is no {type(reply).__name__}", "give its body: bytes, text or a dict"
        )
    if stream is None:
        asked = wire_format(named).read_request(body).stream
        stream = not isinstance(reply, dict) and _is_stream(reply, asked)
    return judged(
        read_exchange("reply", named, body, reply, status=status, stream=stream, expect=expect)
    )


def _loaded(text: bytes | str) -> JsonObject:
    if not isinstance(text, bytes | str):
        raise UsageError(
            f"a request is no {type(text).__name__}", "give its body: bytes, text or a dict"
        )
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"the request is no JSON: {error}", "give its body as it was sent"
        ) from None
    if not isinstance(found, dict):
        raise UsageError("the request is no JSON object", "give its body as it was sent")
    return found


def _is_stream(reply: bytes | str, asked: bool) -> bool:
    """Whether a body is that of a stream: whoever refuses a stream does so in plain JSON."""
    raw = reply.encode("utf-8", "surrogatepass") if isinstance(reply, str) else reply
    begun = raw.lstrip()[:8]
    # The frames of AWS begin with their length.
    looks = begun.startswith((b"data:", b"event:", b"id:", b":", b"retry:")) or raw[:1] == b"\0"
    return looks or (asked and begun[:1] not in (b"{", b"["))


def judged(recorded: Recorded) -> Judgement:
    """Judge one exchange, joined to what was said before it."""
    judgement = judge(
        recorded.case,
        recorded.replies,
        counterpart=recorded.counterpart,
        max_tokens=recorded.cap,
        misfit=recorded.misfit,
        given=given_of(recorded.request),
        again=recorded.again if samples(recorded.request, wire_format(recorded.format)) else None,
    )
    if not recorded.rebuilt_from:
        return judgement
    # The envelope is our own, so nobody else is to blame for it.
    findings = tuple(f for f in judgement.findings if f.layer not in _OF_THE_WIRE)
    status = judgement.status
    if status == "fail" and all(f.severity != "error" for f in findings):
        status = "pass"
    return replace(judgement, findings=findings, status=status)
