"""What a run found out about questions whose replies alone are unjudged, from its journal."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import VerdictReached, event_from_json
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.judge import Judgement
from toolfuzz.judge.policy import Policy
from toolfuzz.recordings.journal import question_name
from toolfuzz.runs.reading import open_journal
from toolfuzz.system.lines import bounded

__all__ = ["ToldByRun", "journal_lines"]


class ToldByRun:
    """The verdicts of a journal that rest on more than one reply.

    They stand behind the exchanges, so ``lines`` gives the journal's once more, when first needed.
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

    @cached_property
    def _findings(self) -> dict[tuple[str, bool], tuple[Finding, ...]]:
        by_run = {entry.slug for entry in defects().values() if entry.by_run}
        return {
            (question_name(v), v.stream): tuple(f for f in v.findings if f.slug in by_run)
            for v in self._failed()
        }

    def _failed(self) -> Iterator[Verdict]:
        for line in self._lines():
            if b'"verdict-reached"' not in line or b'"fail"' not in line:
                continue
            try:
                event = event_from_json(json.loads(line.decode("utf-8", "surrogateescape")))
            except (ValueError, RecursionError, UsageError):
                continue
            if isinstance(event, VerdictReached):
                yield event.verdict


def journal_lines(path: Path) -> Iterator[bytes]:
    """Give the lines of a journal; what is no file (a pipe) has none to be read again."""
    if path.is_file():
        with open_journal(path) as file:
            yield from bounded(file, path)
