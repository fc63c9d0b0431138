"""Two sides, the same questions: which calls changed, by how much, and whether chance does that.

A pair is one call on each side: rates and differences count calls, so that a difference is that of
the rates. What repeats or stream modes of one case say is not independent: intervals are corrected
for clusters of it, and the tests count the cases that changed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from toolfuzz.analyze.load import RunData, causes
from toolfuzz.analyze.mcnemar import mcnemar_worse
from toolfuzz.analyze.questions import FAIL, PASS, Questions
from toolfuzz.analyze.rates import Z95, effective, wilson
from toolfuzz.core.verdict import Scenario, Verdict

__all__ = [
    "DIMENSION",
    "CallPair",
    "CallResult",
    "Question",
    "Table",
    "changed_cases",
    "changes",
    "concerned",
    "defect_p_values",
    "drop_interval",
    "failed",
    "holm",
    "newcombe",
    "pair_up",
    "square_and_add",
    "tabulate",
]

DIMENSION = "dimension "
"""What a failed scenario's dimension is called among the defects: ``dimension plan``."""

Question = tuple[str, bool]
"""What one call asks: (case id, streamed)."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of one call: whether it passed, and the slugs of what failed it.

    Of a scenario, the dimension that it failed is among them.
    """

    passed: bool
    defects: frozenset[str] = frozenset()

    @classmethod
    def of(cls, verdict: Verdict) -> "CallResult":
        """Return the result of a call that was judged."""
        slugs = {finding.slug for finding in causes(verdict)}
        if (
            (name := _dimension(verdict.scenario))
            and verdict.scenario
            and verdict.scenario.status == "fail"
        ):
            slugs.add(f"{DIMENSION}{name}")
        return cls(verdict.status == "pass", frozenset(slugs))


@dataclass(frozen=True, slots=True)
class CallPair:
    """One call, judged on both sides. ``cluster`` is the sampling unit (see Case.cluster).

    ``dimension`` is that of a scenario which both sides were judged in; control twins have none.
    """

    case_id: str
    baseline: CallResult
    candidate: CallResult
    stream: bool = False
    cluster: str = ""
    dimension: str = ""

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.case_id, self.stream


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of pairs. ``worse``: only the baseline passed; ``better``: only the candidate did."""

    both: int
    worse: int
    better: int
    neither: int

    @property
    def pairs(self) -> int:
        """All of them."""
        return self.both + self.worse + self.better + self.neither

    @property
    def baseline(self) -> float:
        """The baseline's rate of success."""
        return (self.both + self.worse) / self.pairs

    @property
    def candidate(self) -> float:
        """The candidate's rate of success."""
        return (self.both + self.better) / self.pairs

    @property
    def drop(self) -> float:
        """The baseline's rate less the candidate's."""
        return (self.worse - self.better) / self.pairs


def failed(result: CallResult, slug: str = "") -> bool:
    """Whether a call failed; with a slug, whether it failed with that defect."""
    return slug in result.defects if slug else not result.passed


def pair_up(baseline: RunData, target: str, candidate: RunData, against: str) -> list[CallPair]:
    """Return the calls that both sides judged, in the order in which the candidate drew the cases.

    ``target`` names the baseline's target and ``against`` the candidate's. A call is paired with
    that of the same case, repeat and stream mode.
    """
    old, new = baseline.verdicts.questions, candidate.verdicts.questions
    results = {id(questions): _Results(questions) for questions in (old, new)}
    ids, order = new.cases.ids.texts, (new.case, new.repeat, new.stream)
    after = candidate.of(against).judged
    after = after.at(sorted(after.rows, key=lambda row: [column[row] for column in order]))
    pairs = []
    for row, cluster in zip(after.rows, after.clusters(), strict=True):
        case_id, stream = ids[new.case[row]], bool(new.stream[row])
        before = old.find(case_id, target, new.repeat[row], stream)
        if before is None or old.status[before] not in (PASS, FAIL) or old.is_respelled(before):
            continue
        sides = _dimension(old.scenarios.get(before)), _dimension(new.scenarios.get(row))
        pairs.append(
            CallPair(
                case_id,
                results[id(old)].of(before),
                results[id(new)].of(row),
                stream,
                new.names.texts[cluster],
                sides[0] and sides[1],
            )
        )
    return pairs


class _Results:
    """Results of a run's calls, each kind of them once."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._known: dict[tuple[int, int], CallResult] = {}

    def of(self, row: int) -> CallResult:
        """Return the result of a call that was judged."""
        questions = self._questions
        if row in questions.scenarios:
            return CallResult.of(questions.verdict(row))
        kind = questions.status[row], questions.findings[row]
        if kind not in self._known:
            self._known[kind] = CallResult.of(questions.verdict(row))
        return self._known[kind]


def _dimension(one: Scenario | None) -> str:
    """Return the dimension that a scenario says something of; "" for none and for a twin."""
    return one.dimension if one and not one.twin and one.status != "unjudged" else ""


def concerned(pairs: Sequence[CallPair], slug: str) -> Sequence[CallPair]:
    """Return the pairs that may show a defect: of a dimension, its scenarios alone."""
    if not slug.startswith(DIMENSION):
        return pairs
    return [pair for pair in pairs if pair.dimension == slug.removeprefix(DIMENSION)]


def tabulate(pairs: Iterable[CallPair], slug: str = "") -> Table:
    """Count the pairs by who passed; with a slug, by who did not show that defect."""
    counts = [0, 0, 0, 0]
    for pair in pairs:
        counts[2 * failed(pair.baseline, slug) + failed(pair.candidate, slug)] += 1
    both, worse, better, neither = counts
    return Table(both, worse, better, neither)


def drop_interval(pairs: Sequence[CallPair], z: float = Z95, slug: str = "") -> tuple[float, float]:
    """Return the interval of the drop: Newcombe's, on as many pairs as are independent.

    The number is the pairs' own, corrected for clusters as that of a rate is (see ``rate``). With
    a slug it is the interval of how much more often the candidate shows that defect.
    """
    table = tabulate(pairs, slug)
    if not table.pairs:
        return -1.0, 1.0
    sizes = Counter(pair.cluster or pair.case_id for pair in pairs)
    change: Counter[str] = Counter()
    for pair, worse in changes(pairs, slug):
        change[pair.cluster or pair.case_id] += worse
    drop, flips = table.drop, table.worse + table.better
    # Exactly 0 when all calls changed alike, or none did.
    spread = (flips * table.pairs - (table.worse - table.better) ** 2) / table.pairs**2
    apart = sum((change[cluster] - drop * size) ** 2 for cluster, size in sizes.items())
    n_eff = effective(spread, table.pairs, len(sizes), apart)
    low, high = newcombe(table, z, n_eff)
    # One change must not leave a check surer of itself than none would have.
    least, most = newcombe(Table(len(sizes), 0, 0, 0), z)
    return (low, max(high, most)) if table.drop >= 0 else (min(low, least), high)


def newcombe(table: Table, z: float = Z95, n_eff: float | None = None) -> tuple[float, float]:
    """Return the interval of the drop (baseline rate less candidate rate) on paired calls.

    ``n_eff`` is the number of independent pairs, where that isn't all of them. Method 10 of
    R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions
    based on paired data", Statistics in Medicine 17, 1998.
    """
    if not table.pairs:
        return -1.0, 1.0
    n = table.pairs if n_eff is None else n_eff
    scale = n / table.pairs
    old, new = (table.both + table.worse) * scale, (table.both + table.better) * scale
    margins = old * (n - old) * new * (n - new)
    agreement = (table.both * table.neither - table.worse * table.better) * scale**2
    if agreement > 0:
        agreement = max(agreement - n / 2, 0.0)
    phi = agreement / sqrt(margins) if margins > 0 else 0.0
    return square_and_add((old / n, *wilson(old, n, z)), (new / n, *wilson(new, n, z)), phi)


def square_and_add(
    first: tuple[float, float, float], second: tuple[float, float, float], phi: float = 0.0
) -> tuple[float, float]:
    """Return the interval of first - second from the (rate, low, high) of each.

    ``phi`` is their correlation; 0 for independent samples.
    """
    p1, low1, high1 = first
    p2, low2, high2 = second

    def reach(down: float, up: float) -> float:
        return sqrt(max(down * down - 2 * phi * down * up + up * up, 0.0))

    difference = p1 - p2
    low = difference - reach(p1 - low1, high2 - p2)
    return max(low, -1.0), min(difference + reach(p2 - low2, high1 - p1), 1.0)


def changes(pairs: Iterable[CallPair], slug: str = "") -> list[tuple[CallPair, int]]:
    """Return the calls that changed: 1 where the candidate alone failed, -1 the other way round."""
    both = ((p, failed(p.candidate, slug) - failed(p.baseline, slug)) for p in pairs)
    return [(pair, worse) for pair, worse in both if worse]


def changed_cases(pairs: Iterable[CallPair], slug: str = "") -> tuple[int, int]:
    """Return how many cases failed more calls on the candidate, and how many fewer."""
    change: Counter[str] = Counter()
    for pair, worse in changes(pairs, slug):
        change[pair.case_id] += worse
    return sum(c > 0 for c in change.values()), sum(c < 0 for c in change.values())


def defect_p_values(pairs: Sequence[CallPair]) -> dict[str, float]:
    """Return per defect slug the one-sided mid-p that the candidate shows it in more cases."""
    changed = [p for p in pairs if p.baseline.defects != p.candidate.defects]
    slugs = {slug for p in changed for slug in p.baseline.defects ^ p.candidate.defects}
    return {slug: mcnemar_worse(*changed_cases(changed, slug)) for slug in sorted(slugs)}


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return Holm's adjusted p-values (step-down, at most 1)."""
    adjusted: dict[str, float] = {}
    highest = 0.0
    ascending = sorted(p_values, key=lambda name: (p_values[name], name))
    for rank, name in enumerate(ascending):
        highest = max(highest, min(p_values[name] * (len(ascending) - rank), 1.0))
        adjusted[name] = highest
    return adjusted
