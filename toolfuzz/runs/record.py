"""A journal that is still being written, and what it says so far."""

from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from types import TracebackType

from toolfuzz.analyze.ledger import Ledger
from toolfuzz.analyze.load import Asked, Question, RunData, run_of
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, Event, RunStarted, VerdictReached
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.glance import glance_at, known
from toolfuzz.core.verdict import Status, Verdict
from toolfuzz.runs.answered import Answered
from toolfuzz.runs.index import keep, place_of
from toolfuzz.runs.journal import Journal, has_journal
from toolfuzz.runs.packing import unpack
from toolfuzz.runs.reading import Lines, read_journal, take_in
from toolfuzz.runs.stored import same_questions
from toolfuzz.runs.unfinished import unfinished

__all__ = ["Record"]


class Record:
    """A run's journal with what statistics need of it in memory; the rest is read where it stands.

    With ``resume`` it goes on where the folder's journal stands; raises UsageError when that was
    started with other settings.
    """

    def __init__(self, folder: Path, opening: RunStarted, *, resume: bool = False) -> None:
        begun = resume and has_journal(folder)
        self._unread: list[str] = []
        self._lost: list[str] = []
        self._ledger = Ledger()
        self._begun: dict[Question, tuple[Exchange, ...]] = {}
        if resume:
            unpack(folder)
        self.journal = Journal(folder, resume=resume)
        self._lines = Lines(self.journal.path)
        if begun:
            self._go_on(opening)
        if self._ledger.started is None:
            self._begin(opening)

    def _begin(self, opening: RunStarted) -> None:
        try:
            self.append([opening])
        except BaseException:
            self.journal.discard()
            raise

    def _go_on(self, opening: RunStarted) -> None:
        try:
            _check_same(self.journal.path, opening)
            self._unread = take_in(self._ledger, self.journal.path)
            asked = Asked(self._ledger.questions, self._ledger.exchanges, self._lines.event)
            self._begun, self._lost = unfinished(asked, self.answered())
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
                if event.case.id in self._ledger.cases or event.case.id in drawn:
                    continue
                drawn.add(event.case.id)
            new.append(event)
        for event, (place, line) in zip(new, self.journal.append(new), strict=True):
            # The size of a case is that of its line; all else an event says by itself.
            glance = glance_at(line) if isinstance(event, CaseDrawn) else None
            self._ledger.take(glance or known(event), place)
        return new

    def run(self, *, keep_exchanges: bool = False) -> RunData:
        """Return the run so far."""
        unread = self._unread + self._lost
        return run_of(self._ledger, self._lines.event, keep_exchanges=keep_exchanges, unread=unread)

    def verdicts(self) -> Iterator[Verdict]:
        """Read all verdicts so far in the order in which they were reached."""
        events = read_journal(self.journal.path)
        return (e.verdict for e in events if isinstance(e, VerdictReached))

    def status(self, case_id: str, target: Target) -> Status | None:
        """Return what became of a case that a target is asked once and in one stream mode."""
        return self._ledger.questions.became(case_id, target.name, 0, target.stream == "stream")

    def judged(self, of: Verdict) -> bool:
        """Whether the question of a verdict has one already by which it passed or failed."""
        became = self._ledger.questions.became(of.case_id, of.target, of.repeat, of.stream)
        return became in ("pass", "fail")

    @property
    def skipped(self) -> Set[str]:
        """The tools, and the ids of cases, that could not be asked."""
        return {skip.tool for skip in self._ledger.skipped}

    def answered(self) -> Answered:
        """Return what needn't be asked again: (case id, target name, repeat)."""
        return Answered(self._ledger)

    @property
    def begun(self) -> Mapping[Question, tuple[Exchange, ...]]:
        """What an earlier run asked of conversations that it didn't end."""
        return self._begun

    def __enter__(self) -> "Record":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.journal.close()
        keep(place_of(self.journal.path), self._ledger, self._unread)


def _check_same(journal: Path, opening: RunStarted) -> None:
    first = next(read_journal(journal), None)
    if not isinstance(first, RunStarted) or (
        first.targets != opening.targets or not same_questions(first.settings, opening.settings)
    ):
        raise UsageError(
            f"{journal.parent} holds something that was started with other options",
            "give the same options as then, or another --out",
        )
