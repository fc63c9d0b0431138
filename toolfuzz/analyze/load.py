"""A run as its journal tells it. No file is opened here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from toolfuzz.analyze.answers import Answers, Asked, CasesRead, Question, Read, causes
from toolfuzz.analyze.columns import Drawn
from toolfuzz.analyze.ledger import Ledger, Traffic
from toolfuzz.analyze.questions import NONE, Exchanges
from toolfuzz.core.case import Case
from toolfuzz.core.events import CaseSkipped, Event, RunFinished, RunStarted, TargetGivenUp
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.glance import known
from toolfuzz.core.nature import Nature, nature_of
from toolfuzz.core.verdict import Verdict

__all__ = [
    "Answers",
    "Asked",
    "Question",
    "RunData",
    "Traffic",
    "causes",
    "collect",
    "last_of_each_turn",
    "question",
    "run_of",
]


@dataclass(frozen=True, slots=True)
class RunData:
    """A run as its journal tells it.

    ``verdicts`` holds one verdict a question; those on cases that ask the same under another
    schema spelling stand apart in ``respelled``. Verdicts, cases and exchanges are made when they
    are asked for (see ``Answers``). ``exchanges`` is empty unless they were asked
    for. ``given_up`` holds the targets that were given up and not asked again since (a resumed
    run asks them again).
    ``upstream`` counts, of a gateway's trial, the wire formats in which its upstream was asked,
    by target.
    ``finished`` is None when the run was cut off. ``unread`` names the journal's lines that could
    not be read (``3: not JSON``); what belongs to them is left out.
    """

    started: RunStarted
    verdicts: Answers
    respelled: Answers
    cases: Mapping[str, Case]
    exchanges: Asked
    skipped: list[CaseSkipped] = field(default_factory=list)
    traffic: dict[str, Traffic] = field(default_factory=dict)
    given_up: dict[str, TargetGivenUp] = field(default_factory=dict)
    finished: RunFinished | None = None
    unread: tuple[str, ...] = ()
    upstream: dict[str, Counter[str]] = field(default_factory=dict)

    def of(self, target: str) -> Answers:
        """Return the verdicts on one target, in the order in which its questions were asked."""
        return self.verdicts.of(target)

    def answer(self, case_id: str, target: str, repeat: int, *, stream: bool) -> Verdict | None:
        """Return the verdict on a question, its findings without messages, places and values.

        None where it has none, or is that on a respelled case.
        """
        questions = self.verdicts.questions
        row = questions.find(case_id, target, repeat, stream)
        if row is None or questions.status[row] == NONE or questions.is_respelled(row):
            return None
        return questions.verdict(row)

    def nature(self, target: str) -> Nature:
        """Return what a target is, by its kind and by what its answers said."""
        asked = next(t for t in self.started.targets if t.name == target)
        said = self.traffic.get(target, Traffic()).simulated
        return nature_of(asked, said_simulated=said)

    def drawn(self, case_id: str) -> Drawn:
        """Return a case of the run without what is asked, which needn't be read for it."""
        cases = self.verdicts.questions.cases
        return cases.drawn(cases.number(case_id))

    def cluster(self, verdict: Verdict) -> str:
        """Return the sampling unit that the verdict belongs to (see Case.cluster)."""
        return verdict.cluster or self.drawn(verdict.case_id).cluster


def question(of: Verdict | Exchange) -> Question:
    """Return which asking a verdict or an exchange belongs to."""
    return of.case_id, of.target, of.repeat, of.stream


def last_of_each_turn(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return a question's exchanges in the order of turns; what was asked again counts once."""
    return [e for _, e in sorted({e.turn: e for e in exchanges}.items())]


def run_of(
    ledger: Ledger, read: Read, *, keep_exchanges: bool = False, unread: Sequence[str] = ()
) -> RunData:
    """Return the run that was taken in so far; ``read`` reads what stands at a place.

    Raises UsageError as ``collect`` does.
    """
    started = ledger.opening
    ledger.check(lines_are_missing=bool(unread))
    questions = ledger.questions
    verdicts = Answers(questions, ledger.rows(respelled=False), read)
    return RunData(
        started,
        verdicts,
        Answers(questions, ledger.rows(respelled=True), read),
        CasesRead(ledger.cases, read),
        Asked(questions, ledger.exchanges if keep_exchanges else Exchanges(), read),
        list(ledger.skipped),
        {target: replace(seen) for target, seen in ledger.traffic.items()},
        dict(ledger.given_up),
        ledger.finished,
        tuple(unread),
        ledger.upstream,
    )


def collect(
    events: Iterable[Event], *, keep_exchanges: bool = False, unread: Sequence[str] = ()
) -> RunData:
    """Gather a run from its events; a question that was judged again counts once, as judged last.

    ``unread`` is what the reader of the events fills while it reads: lines that it had to leave
    out. Raises UsageError when the events begin without ``run-started`` or judge an unknown
    target, or an unknown case although every line was read.
    """
    ledger, kept = Ledger(), list(events)
    for place, event in enumerate(kept):
        ledger.take(known(event), place)
    return run_of(ledger, kept.__getitem__, keep_exchanges=keep_exchanges, unread=unread)
