"""Two sides, the same cases: which changed, by how much, and whether chance would do that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt

from toolfuzz.analyze.load import RunData, causes
from toolfuzz.analyze.rates import Z95, wilson
from toolfuzz.core.verdict import Verdict

__all__ = [
    "CasePair",
    "CaseResult",
    "Table",
    "case_result",
    "defect_p_values",
    "holm",
    "mcnemar_worse",
    "newcombe",
    "pair_up",
    "square_and_add",
    "tabulate",
]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one side made of a case: whether it passed, and the slugs of what failed it."""

    passed: bool
    defects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CasePair:
    """One case, judged on both sides."""

    case_id: str
    baseline: CaseResult
    candidate: CaseResult


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
    def drop(self) -> float:
        """The baseline's rate less the candidate's."""
        return (self.worse - self.better) / self.pairs


def case_result(verdicts: Iterable[Verdict]) -> CaseResult | None:
    """Fold the verdicts on one case: passed when every judged asking passed, None without any."""
    judged = [v for v in verdicts if v.status != "unjudged"]
    if not judged:
        return None
    slugs = {f.slug for v in judged for f in causes(v)}
    return CaseResult(all(v.status == "pass" for v in judged), frozenset(slugs))


def pair_up(baseline: RunData, target: str, candidate: RunData, against: str) -> list[CasePair]:
    """Return the cases that both sides judged, in the order in which the candidate drew them.

    ``target`` names the baseline's target and ``against`` the candidate's. A case counts once
    however often it was asked, and only askings (repeat, stream mode) judged on both sides
    count, so that neither side is tried harder.
    """
    old, new = _askings(baseline, target), _askings(candidate, against)
    pairs = []
    for case_id in candidate.cases:
        common = old[case_id].keys() & new[case_id].keys()
        before = case_result(old[case_id][asking] for asking in common)
        after = case_result(new[case_id][asking] for asking in common)
        if before and after:
            pairs.append(CasePair(case_id, before, after))
    return pairs


def _askings(run: RunData, target: str) -> defaultdict[str, dict[tuple[int, bool], Verdict]]:
    askings: defaultdict[str, dict[tuple[int, bool], Verdict]] = defaultdict(dict)
    for verdict in run.of(target):
        if verdict.status != "unjudged":
            askings[verdict.case_id][verdict.repeat, verdict.stream] = verdict
    return askings


def tabulate(pairs: Iterable[CasePair]) -> Table:
    """Count the pairs by who passed."""
    counts = [0, 0, 0, 0]
    for pair in pairs:
        counts[2 * (not pair.baseline.passed) + (not pair.candidate.passed)] += 1
    both, worse, better, neither = counts
    return Table(both, worse, better, neither)


def newcombe(table: Table, z: float = Z95) -> tuple[float, float]:
    """Return the interval of the drop (baseline rate less candidate rate) on paired cases.

    Method 10 of R. G. Newcombe, "Improved confidence intervals for the difference between
    binomial proportions based on paired data", Statistics in Medicine 17, 1998.
    """
    n = table.pairs
    if not n:
        return -1.0, 1.0
    old, new = table.both + table.worse, table.both + table.better
    margins = old * (n - old) * new * (n - new)
    agreement = float(table.both * table.neither - table.worse * table.better)
    if agreement > 0:
        agreement = max(agreement - n / 2, 0.0)
    phi = agreement / sqrt(margins) if margins else 0.0
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


def mcnemar_worse(worse: int, better: int) -> float:
    """Return McNemar's one-sided mid-p: how likely chance is to make it this much worse.

    M. W. Fagerland et al., "The McNemar test for binary matched-pairs data: mid-p and asymptotic
    are better than exact conditional", 2013.
    """
    flips = worse + better
    tail = sum(comb(flips, k) for k in range(worse + 1, flips + 1))
    return (2 * tail + comb(flips, worse)) / (1 << (flips + 1))


def defect_p_values(pairs: Sequence[CasePair]) -> dict[str, float]:
    """Return per defect slug the one-sided mid-p that the candidate shows it more often."""
    worse: dict[str, int] = defaultdict(int)
    better: dict[str, int] = defaultdict(int)
    for pair in pairs:
        for slug in pair.candidate.defects - pair.baseline.defects:
            worse[slug] += 1
        for slug in pair.baseline.defects - pair.candidate.defects:
            better[slug] += 1
    slugs = sorted(worse.keys() | better.keys())
    return {slug: mcnemar_worse(worse[slug], better[slug]) for slug in slugs}


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return Holm's adjusted p-values (step-down, at most 1)."""
    adjusted: dict[str, float] = {}
    highest = 0.0
    ascending = sorted(p_values, key=lambda name: (p_values[name], name))
    for rank, name in enumerate(ascending):
        highest = max(highest, min(p_values[name] * (len(ascending) - rank), 1.0))
        adjusted[name] = highest
    return adjusted
