"""A journal that is still being written, and what it says so far."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from toolfuzz.analyze.load import Question, RunData, collect
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.verdict import Verdict
from toolfuzz.judge.defects.server_error import error_inside
from toolfuzz.runs.journal import JOURNAL_NAME, Journal, read_journal
from toolfuzz.runs.stored import same_questions
from toolfuzz.runs.unfinished import Unfinished

__all__ = ["Record"]


class Record:
    """A run's journal with its events in memory, without the bytes.

    With ``resume`` it goes on where the folder's journal stands; raises UsageError when that was
    started with other settings.
    """

    def __init__(self, folder: Path, opening: RunStarted, *, resume: bool = False) -> None:
        begun = resume and (folder / JOURNAL_NAME).is_file()
        self._unread: list[str] = []
        self._events: list[Event] = []
        self._unfinished = Unfinished()
        self.journal = Journal(folder, resume=resume)
        if begun:
            self._go_on(folder, opening)
        self._drawn = {e.case.id for e in self._events if isinstance(e, CaseDrawn)}
        if not self._events:
            self.append([opening])

    def _go_on(self, folder: Path, opening: RunStarted) -> None:
        try:
            events = self._unfinished.watch(read_journal(folder, self._unread))
            self._events += map(_light, events)
            self._unread += self._unfinished.lost
            _check_same(folder, self._events, opening)
        except UsageError:
            self.journal.close()
            raise

    def append(self, events: Iterable[Event]) -> list[Event]:
        """Write events and keep them; return those written. A case is drawn once in a journal.

        Raises OSError where they can't be written: then none is kept.
        """
        new: list[Event] = []
        drawn: set[str] = set()
        for event in events:
            if isinstance(event, CaseDrawn):
                if event.case.id in self._drawn or event.case.id in drawn:
                    continue
                drawn.add(event.case.id)
            new.append(event)
        self.journal.append(new)
        self._drawn |= drawn
        self._events += map(_light, new)
        return new

    def run(self, *, keep_exchanges: bool = False) -> RunData:
        """Return the run so far; its exchanges are without the bytes of replies."""
        return collect(self._events, keep_exchanges=keep_exchanges, unread=self._unread)

    def verdicts(self) -> Iterator[Verdict]:
        """Return all verdicts so far in the order in which they were reached."""
        return (e.verdict for e in self._events if isinstance(e, VerdictReached))

    def answered(self) -> frozenset[tuple[str, str, int]]:
        """Return what needn't be asked again: (case id, target name, repeat).

        What ended without a judgement is not answered. A case that is asked both plain and
        streamed counts when both are there.
        """
        run = self.run()
        ways = {t.name: 2 if t.stream == "both" else 1 for t in run.started.targets}
        seen: dict[tuple[str, str, int], int] = {}
        for verdict in (*run.verdicts, *run.respelled):
            if verdict.status == "unjudged":
                continue
            key = (verdict.case_id, verdict.target, verdict.repeat)
            seen[key] = seen.get(key, 0) + 1
        return frozenset(key for key, count in seen.items() if count >= ways[key[1]])

    @property
    def begun(self) -> Mapping[Question, tuple[Exchange, ...]]:
        """What an earlier run asked of conversations that it didn't end."""
        return self._unfinished.exchanges

    def __enter__(self) -> "Record":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.journal.close()


def _light(event: Event) -> Event:
    """Leave the bytes to the journal; how often was asked still counts, and what is an error."""
    if not isinstance(event, ExchangeRecorded):
        return event
    attempts = tuple(
        a if error_inside(a) is not None else replace(a, chunks=()) for a in event.exchange.attempts
    )
    return ExchangeRecorded(replace(event.exchange, request={}, attempts=attempts))


def _check_same(folder: Path, events: list[Event], opening: RunStarted) -> None:
    first = events[0] if events else None
    if not isinstance(first, RunStarted) or (
        first.targets != opening.targets or not same_questions(first.settings, opening.settings)
    ):
        raise UsageError(
            f"{folder} holds something that was started with other options",
            "give the same options as then, or another --out",
        )
