"""What a run holds, made when it is asked for: verdicts, cases and exchanges are many and large."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress
from typing import TypeVar, overload

from toolfuzz.analyze.columns import Cases
from toolfuzz.analyze.questions import FAIL, UNJUDGED, Exchanges, Questions
from toolfuzz.core.case import Case
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, Event, ExchangeRecorded, VerdictReached
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.verdict import Finding, Verdict, gravest

__all__ = ["Answers", "Asked", "CasesRead", "Question", "Read", "causes"]

Question = tuple[str, str, int, bool]
"""One asking of a case: (case id, target name, repeat, streamed)."""

Read = Callable[[int], Event]
"""Reads the event that stands at a place."""

_KEPT = 64
"""Cases: what is looked at often is looked at together."""

_LAST = 100
"""Exchanges."""

T = TypeVar("T")


def causes(verdict: Verdict) -> tuple[Finding, ...]:
    """Return the findings that failed a verdict."""
    return gravest(verdict.findings) if verdict.status == "fail" else ()


class Answers(Sequence[Verdict]):
    """Verdicts of a run, in the order in which their questions were asked.

    Each is made when it is asked for, and one with findings is read from the journal: go through
    them once and keep none. Figures of many come from ``pick``, ``clusters`` and ``light``,
    which read nothing.
    """

    def __init__(self, questions: Questions, rows: Sequence[int], read: Read) -> None:
        self.questions = questions
        self.rows = rows
        self._read = read

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Verdict: ...
    @overload
    def __getitem__(self, at: slice) -> "Answers": ...
    def __getitem__(self, at: int | slice) -> "Verdict | Answers":
        if isinstance(at, slice):
            return self.at(self.rows[at])
        return self._whole(self.rows[at])

    def _whole(self, row: int) -> Verdict:
        if not self.questions.whole[row]:
            return self.questions.verdict(row)
        event = self._read(self.questions.place[row])
        if not isinstance(event, VerdictReached):
            raise changed()
        return event.verdict

    def light(self) -> Iterator[Verdict]:
        """Give the verdicts; their findings lack messages, places and values."""
        return map(self.questions.verdict, self.rows)

    def at(self, rows: Sequence[int]) -> "Answers":
        """Return those of other rows in the columns."""
        return Answers(self.questions, rows, self._read)

    def where(self, wanted: Callable[[int], bool]) -> "Answers":
        """Return those whose row in the columns is wanted."""
        return self.at(array("q", filter(wanted, self.rows)))

    @property
    def are_scenarios(self) -> bool:
        """Whether any of them is of a world."""
        worlds = self.questions.scenarios
        return bool(worlds) and any(row in worlds for row in self.rows)

    def of(self, target: str) -> "Answers":
        """Return those of one target."""
        wanted, targets = self.questions.targets.known(target), self.questions.target
        return self.where(lambda row: targets[row] == wanted)

    @property
    def judged(self) -> "Answers":
        """Those that passed or failed."""
        status = self.questions.status
        return self.where(lambda row: status[row] != UNJUDGED)

    @property
    def unjudged(self) -> "Answers":
        """Those that neither passed nor failed."""
        status = self.questions.status
        return self.where(lambda row: status[row] == UNJUDGED)

    @property
    def wrong(self) -> "Answers":
        """Those that failed."""
        status = self.questions.status
        return self.where(lambda row: status[row] == FAIL)

    def pick(self, column: Sequence[T]) -> Iterator[T]:
        """Give what a column of the questions says of each."""
        return map(column.__getitem__, self.rows)

    def pick_of_case(self, column: Sequence[T]) -> Iterator[T]:
        """Give what a column of the cases says of each."""
        return map(column.__getitem__, self.pick(self.questions.case))

    def sizes(self) -> "array[int]":
        """Return how many are of each cluster, by its number."""
        return _tally(self.clusters(), len(self.questions.names))

    def distinct(self, column: Sequence[int]) -> int:
        """Return how many different numbers a column of the cases holds for them."""
        seen = bytearray(len(self.questions.names))
        for number in self.pick_of_case(column):
            seen[number] = True
        return sum(seen)

    def clusters(self) -> Iterator[int]:
        """Give the number of the sampling unit that each belongs to (see ``cluster_of``)."""
        unsaid = self.questions.names.known("")
        pairs = zip(self.pick(self.questions.cluster), self.pick(self.questions.case), strict=True)
        of_case = self.questions.cases.cluster
        return (of_case[case] if said == unsaid else said for said, case in pairs)


def _tally(numbers: Iterable[int], most: int) -> "array[int]":
    counts = array("q", bytes(8 * most))
    for number in numbers:
        counts[number] += 1
    return counts


class CasesRead(Mapping[str, Case]):
    """The cases that were drawn, by their ids, each read when it is asked for."""

    def __init__(self, cases: Cases, read: Read) -> None:
        self._cases = cases
        self._case_at = lru_cache(_KEPT)(lambda place: _case(read(place)))

    def __getitem__(self, id_: str) -> Case:
        if id_ not in self._cases:
            raise KeyError(id_)
        return self._case_at(self._cases.place[self._cases.number(id_)])

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, str) and id_ in self._cases

    def __iter__(self) -> Iterator[str]:
        return compress(self._cases.ids.texts, (place >= 0 for place in self._cases.place))

    def __len__(self) -> int:
        return sum(place >= 0 for place in self._cases.place)


class Asked(Mapping[Question, list[Exchange]]):
    """The exchanges on each question that was asked, read when they are asked for."""

    def __init__(self, questions: Questions, exchanges: Exchanges, read: Read) -> None:
        self._questions = questions
        self._exchanges = exchanges
        self._read = read

    def __getitem__(self, of: Question) -> list[Exchange]:
        return [_exchange(self._read(place)) for place in self._places(of)]

    def last(self, of: Question) -> Exchange:
        """Return the last of a question's exchanges."""
        return _exchange(self._read(self._places(of)[-1]))

    def _places(self, of: Question) -> list[int]:
        row = self._questions.find(*of)
        places = [] if row is None else self._exchanges.places(row)
        if not places:
            raise KeyError(of)
        return places

    def __contains__(self, of: object) -> bool:
        row = self._questions.find(*of) if isinstance(of, tuple) else None
        return row is not None and bool(self._exchanges.places(row))

    def __iter__(self) -> Iterator[Question]:
        return (self._question(row) for row in self._rows())

    def __len__(self) -> int:
        return sum(1 for _ in self._rows())

    def some(self, target: str, most: int) -> list[Question]:
        """Return about ``most`` questions of a target, evenly over its exchanges, and the last."""
        asked, wanted = self._questions, self._questions.targets.known(target)
        rows = array("q", (row for row in self._exchanges.question if asked.target[row] == wanted))
        step = -(-len(rows) // most) or 1
        return [self._question(row) for row in dict.fromkeys((*rows[::step], *rows[-_LAST:]))]

    def _rows(self) -> Iterator[int]:
        return filter(self._exchanges.places, range(len(self._questions)))

    def _question(self, row: int) -> Question:
        asked = self._questions
        id_, target = asked.cases.ids.texts[asked.case[row]], asked.targets.texts[asked.target[row]]
        return id_, target, asked.repeat[row], bool(asked.stream[row])


def _case(event: Event) -> Case:
    if not isinstance(event, CaseDrawn):
        raise changed()
    return event.case


def _exchange(event: Event) -> Exchange:
    if not isinstance(event, ExchangeRecorded):
        raise changed()
    return event.exchange


def changed() -> UsageError:
    """Return the error for a journal in which something else stands than was read."""
    return UsageError("the journal was changed while it was read", "try again")
