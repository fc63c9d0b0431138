"""What a run found out about questions whose replies alone are unjudged, from its journal."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import Event, ExchangeRecorded, VerdictReached, event_from_json
from toolfuzz.core.exchange import Attempt, asked_again
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Finding
from toolfuzz.formats import wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.judge import Judgement
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.journal import question_name
from toolfuzz.recordings.recorded import Recorded
from toolfuzz.runs.reading import open_journal
from toolfuzz.system.lines import bounded

__all__ = ["ToldByRun", "journal_lines"]


class ToldByRun:
    """What a journal says of questions whose verdicts rest on more than one reply.

    It may stand behind the exchanges, so ``lines`` gives the journal's once more, when needed.
    """

    def __init__(self, lines: Callable[[], Iterable[bytes]]) -> None:
        self._lines = lines

    def instead(self, question: str, judgement: Judgement, policy: Policy) -> Judgement:
        """Return what the run told of an unjudged question, else the judgement as it is."""
        found = self._findings.get((question, judgement.reply.stream)) if question else None
        if not found:
            return judgement
        told = policy.apply(replace(judgement, status="fail", findings=found, reason=None))
        return told if told.status == "fail" else judgement

    def again(self, recorded: Recorded) -> list[tuple[Reply, Reply]]:
        """Return both replies to a turn of a conversation, each time that the run asked it again.

        Its own turns but the last stand before them.
        """
        format, pairs = wire_format(recorded.format), []
        asked = recorded.question.rpartition("/")[0]
        for repeat in asked_again(recorded.repeat):
            name = f"{asked}/{repeat}"
            came = [self._asked_again.get((name, s, recorded.turn)) for s in (False, True)]
            plain, streamed = came
            if plain is not None and streamed is not None:
                pairs.append((format.read(plain, stream=False), format.read(streamed, stream=True)))
        return pairs

    @cached_property
    def _asked_again(self) -> dict[tuple[str, bool, int], Attempt]:
        exchanges = (
            event.exchange
            for event in self._events(b'"exchange-recorded"', b'"repeat":-')
            if isinstance(event, ExchangeRecorded)
        )
        return {(question_name(e), e.stream, e.turn): e.last for e in exchanges if e.repeat < 0}

    @cached_property
    def _findings(self) -> dict[tuple[str, bool], tuple[Finding, ...]]:
        by_run = {entry.slug for entry in defects().values() if entry.by_run}
        verdicts = (
            event.verdict
            for event in self._events(b'"verdict-reached"', b'"fail"')
            if isinstance(event, VerdictReached)
        )
        return {
            (question_name(v), v.stream): found
            for v in verdicts
            if (found := tuple(f for f in v.findings if f.slug in by_run))
        }

    def _events(self, *marks: bytes) -> Iterator[Event]:
        """Give the events of the lines in which all of these stand."""
        for line in self._lines():
            if not all(mark in line for mark in marks):
                continue
            with suppress(ValueError, RecursionError, UsageError):
                yield event_from_json(json.loads(line.decode("utf-8", "surrogateescape")))


def journal_lines(path: Path) -> Iterator[bytes]:
    """Give the lines of a journal; what is no file (a pipe) has none to be read again."""
    if path.is_file():
        with open_journal(path) as file:
            yield from bounded(file, path)
