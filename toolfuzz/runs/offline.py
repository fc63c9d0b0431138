"""Recorded exchanges, read from a file and judged without a network."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.formats import guess
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.conversations import Conversations
from toolfuzz.runs.exchanges import Journal, Recorded, read_exchange, read_line
from toolfuzz.runs.lines import lines_of
from toolfuzz.runs.told import ToldByRun
from toolfuzz.worlds.play import ending_of

__all__ = ["BadLine", "Judged", "judge_lines", "judge_one"]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be read as an exchange; ``number`` counts from 1."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One exchange and what the judge says of it.

    ``source`` tells targets of a journal apart; ``note`` says what is odd about the conversation
    that it belongs to, on the line ``number``.
    """

    id: str
    judgement: Judgement
    source: str = ""
    note: str = ""
    number: int = 0


def judge_lines(path: Path, policy: Policy) -> Iterator[Judged | BadLine]:
    """Judge a file line by line, in its order; a bad line is reported and the rest goes on.

    ``-`` is standard input. Raises UsageError when the file can't be read at all.
    """
    journal, conversations = Journal(), Conversations()
    told = ToldByRun(path)
    for number, line in enumerate(lines_of(path), 1):
        if not line.strip():
            continue
        try:
            read = read_line(line, number, journal)
        except UsageError as error:
            yield BadLine(number, error.message)
            continue
        if read is None:
            continue
        recorded = conversations.join(read)
        judgement = _judged(recorded)
        if recorded.question:
            journal.remember(recorded, judgement.reply)
        else:
            conversations.remember(recorded, judgement.reply)
        judgement = policy.apply(_with_world(recorded, judgement))
        if judgement.status == "unjudged":
            judgement = told.instead(recorded.question, judgement, policy)
        yield Judged(recorded.id, judgement, recorded.source, recorded.note, number)


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
    request: JsonObject,
    reply: Json,
    *,
    expect: JsonObject | None = None,
    format: str | None = None,
    stream: bool = False,
    status: int = 200,
) -> Judgement:
    """Judge one reply to one request body (see ``toolfuzz.judge_reply``); raises UsageError."""
    named = format or guess(request).name
    return _judged(
        read_exchange("reply", named, request, reply, status=status, stream=stream, expect=expect)
    )


def _judged(recorded: Recorded) -> Judgement:
    return judge(
        recorded.case,
        recorded.replies,
        counterpart=recorded.counterpart,
        max_tokens=recorded.cap,
        misfit=recorded.misfit,
    )
