"""A journal's events, put in order for the readers of a run. No file is opened here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from toolfuzz.core.case import Case
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import (
    CaseDrawn,
    CaseSkipped,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    TargetGivenUp,
    TargetSeen,
    UpstreamAnswered,
    VerdictReached,
)
from toolfuzz.core.exchange import Exchange
from toolfuzz.core.nature import Nature, nature_of, says_simulated
from toolfuzz.core.verdict import Finding, Verdict

__all__ = ["Question", "RunData", "Traffic", "causes", "collect", "last_of_each_turn", "question"]

Question = tuple[str, str, int, bool]
"""One asking of a case: (case id, target name, repeat, streamed)."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """HTTP calls made to a target, retries included, and how many of them were retries.

    ``simulated``: our own simulator answered, whatever the address was.
    """

    calls: int = 0
    retries: int = 0
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class RunData:
    """A run as its journal tells it.

    ``verdicts`` holds one verdict a question; those on cases that ask the same under another
    schema spelling stand apart in ``respelled``. ``exchanges`` is empty unless they were asked
    for. ``given_up`` holds the targets that were given up and not asked again since (a resumed
    run asks them again).
    ``upstream`` counts, of a gateway's trial, the wire formats in which its upstream was asked,
    by target.
    ``finished`` is None when the run was cut off. ``unread`` names the journal's lines that could
    not be read (``3: not JSON``); what belongs to them is left out.
    """

    started: RunStarted
    cases: dict[str, Case] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    respelled: list[Verdict] = field(default_factory=list)
    skipped: list[CaseSkipped] = field(default_factory=list)
    traffic: dict[str, Traffic] = field(default_factory=dict)
    exchanges: dict[Question, list[Exchange]] = field(default_factory=dict)
    given_up: dict[str, TargetGivenUp] = field(default_factory=dict)
    finished: RunFinished | None = None
    unread: tuple[str, ...] = ()
    upstream: dict[str, Counter[str]] = field(default_factory=dict)

    def of(self, target: str) -> list[Verdict]:
        """Return the verdicts on one target, in the order they were reached."""
        return [v for v in self.verdicts if v.target == target]

    def nature(self, target: str) -> Nature:
        """Return what a target is, by its kind and by what its answers said."""
        asked = next(t for t in self.started.targets if t.name == target)
        said = self.traffic.get(target, Traffic()).simulated
        return nature_of(asked, said_simulated=said)

    def cluster(self, verdict: Verdict) -> str:
        """Return the sampling unit that the verdict belongs to (see Case.cluster)."""
        return verdict.cluster or self.cases[verdict.case_id].cluster


def question(of: Verdict | Exchange) -> Question:
    """Return which asking a verdict or an exchange belongs to."""
    return of.case_id, of.target, of.repeat, of.stream


def last_of_each_turn(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return a question's exchanges in the order of turns; what was asked again counts once."""
    return [e for _, e in sorted({e.turn: e for e in exchanges}.items())]


def causes(verdict: Verdict) -> tuple[Finding, ...]:
    """Return the findings that failed a verdict: its errors; without any (strict), its warnings."""
    if verdict.status != "fail":
        return ()
    errors = tuple(f for f in verdict.findings if f.severity == "error")
    return errors or tuple(f for f in verdict.findings if f.severity == "warn")


def collect(
    events: Iterable[Event], *, keep_exchanges: bool = False, unread: Sequence[str] = ()
) -> RunData:
    """Gather a run from its events; a question that was judged again counts once, as judged last.

    ``unread`` is what the reader of the events fills while it reads: lines that it had to leave
    out. Raises UsageError when the events begin without ``run-started`` or judge an unknown
    target, or an unknown case although every line was read.
    """
    started: RunStarted | None = None
    finished: RunFinished | None = None
    cases: dict[str, Case] = {}
    verdicts: dict[Question, Verdict] = {}
    # A case that can't be asked is noted in both stream modes, and again by a resumed run.
    skipped: dict[CaseSkipped, None] = {}
    traffic: dict[str, Traffic] = {}
    exchanges: dict[Question, list[Exchange]] = {}
    given_up: dict[str, TargetGivenUp] = {}
    upstream: dict[str, Counter[str]] = {}
    for event in events:
        match event:
            case RunStarted():
                started = started or event
            case TargetSeen(target=target) if started is not None:
                started = replace(started, targets=(*started.targets, target))
            case CaseDrawn(case):
                cases[case.id] = case
            case CaseSkipped():
                skipped[event] = None
            case ExchangeRecorded(exchange):
                seen = traffic.get(exchange.target, Traffic())
                attempts = len(exchange.attempts)
                traffic[exchange.target] = Traffic(
                    seen.calls + attempts,
                    seen.retries + max(attempts - 1, 0),
                    seen.simulated or says_simulated(exchange.last.headers),
                )
                if keep_exchanges:
                    exchanges.setdefault(question(exchange), []).append(exchange)
            case VerdictReached(verdict):
                verdicts[question(verdict)] = verdict
                if verdict.status != "unjudged":
                    given_up.pop(verdict.target, None)
            case UpstreamAnswered(format, exchange):
                upstream.setdefault(exchange.target, Counter())[format] += 1
            case TargetGivenUp():
                given_up[event.target] = event
            case RunFinished():
                finished = event
    if started is None:
        raise UsageError(
            "the journal has no run-started line",
            "give the run.jsonl of a run; `toolfuzz judge FILE --out DIR` makes a run of recorded "
            "exchanges",
        )
    known = {target.name for target in started.targets}
    if unread:
        verdicts = {key: v for key, v in verdicts.items() if v.case_id in cases}
    for verdict in verdicts.values():
        if verdict.case_id not in cases:
            raise UsageError(f"the journal judges case {verdict.case_id}, which it never drew")
        if verdict.target not in known:
            raise UsageError(f"the journal judges {verdict.target!r}, which it never asked")
    originals = [v for v in verdicts.values() if cases[v.case_id].respelled_from is None]
    respelled = [v for v in verdicts.values() if cases[v.case_id].respelled_from is not None]
    return RunData(
        started,
        cases,
        originals,
        respelled,
        list(skipped),
        traffic,
        exchanges,
        given_up,
        finished,
        tuple(unread),
        upstream,
    )
