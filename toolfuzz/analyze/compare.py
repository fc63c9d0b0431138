"""Models side by side: one row each, paired differences, and groups instead of ranks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

from toolfuzz.analyze.conclusion import STOPPED, conclude_check, conclude_models
from toolfuzz.analyze.dimension_pairs import Side, dimension_differences, shown
from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.paired import (
    DIMENSION,
    CallPair,
    defect_p_values,
    drop_interval,
    holm,
    pair_up,
    square_and_add,
    tabulate,
)
from toolfuzz.analyze.price import PriceOf
from toolfuzz.analyze.rates import wilson
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.core.codec import FORMAT_VERSION
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import Nature

__all__ = ["compare", "conclude"]

_COLUMNS = (
    "target",
    "kind",
    "simulated",
    "nature",
    "given_up",
    "model",
    "format",
    "rate",
    "low",
    "high",
    "judged",
    "passed",
    "unjudged",
    "clusters",
    "n_eff",
    "schema_accuracy",
    "check_success",
    "tools",
    "probes",
    "features",
    "defects",
    "latency_ms",
    "tokens",
    "calls",
    "retries",
)
_PAIRED_FROM = 0.5
# That any of the intervals misses, where nothing differs.
_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    run: RunData
    row: JsonObject
    dimensions: JsonObject

    @property
    def side(self) -> Side:
        """What it did in each dimension."""
        return Side(self.label, self.run, self.target, self.dimensions)

    @property
    def target(self) -> str:
        return str(self.row["target"])


def compare(
    runs: Sequence[tuple[str, RunData]],
    price: PriceOf | None = None,
    *,
    summaries: Sequence[JsonObject] = (),
) -> JsonObject:
    """Return the comparison of every target of these named runs.

    ``rows``: the leaderboard, best first, each with its ``groups`` (a, b, …). ``differences``:
    every two rows, better first, with an interval that holds for all of them at once
    (Bonferroni). They are paired where at least half of the smaller one's calls were judged on
    both; then ``rate_better`` and ``rate_worse`` are of the calls that both were asked, and
    ``difference`` is always the one less the other.
    ``dimension_differences``: the same of each dimension, where scenarios were asked.
    ``groups``: sets of labels that can't be told apart; they may overlap. A target that judged
    nothing has a row but no group. ``conclusion``: what that comes to, in a sentence.
    ``summaries`` are those of the runs, where they were made before.
    """
    summaries = summaries or [summarize(run) for _, run in runs]
    entries = sorted(
        _entries(runs, price, summaries),
        key=lambda e: (e.row["rate"] is None, -(e.row["rate"] or 0), e.label),
    )
    measured = [e for e in entries if e.row["rate"] is not None]
    couples = list(combinations(measured, 2))
    z = NormalDist().inv_cdf(1 - _CHANCE / 2 / max(len(couples), 1))
    differences = [_difference(a, b, z) for a, b in couples]
    apart = {(d["better"], d["worse"]) for d in differences if d["apart"]}
    groups = _groups([e.label for e in measured], apart)
    for entry in entries:
        entry.row["groups"] = [
            chr(97 + n) for n, group in enumerate(groups) if entry.label in group
        ]
    rows = [entry.row for entry in entries]
    by_dimension = dimension_differences([entry.side for entry in measured])
    stopped = len(runs) == 1 and summaries[0]["finish_reason"] in STOPPED
    return {
        "format_version": FORMAT_VERSION,
        "conclusion": conclude_models(rows, differences, by_dimension, stopped=stopped),
        "rows": rows,
        "differences": differences,
        "groups": groups,
        "dimension_differences": by_dimension,
    }


def conclude(run: RunData, summary: JsonObject) -> JsonObject:
    """Return what a run comes to that was summarised; of a check, what its decision comes to."""
    if "check" in summary:
        return conclude_check(summary)
    concluded: JsonObject = compare([("run", run)], summaries=[summary])["conclusion"]
    return concluded


def _entries(
    runs: Sequence[tuple[str, RunData]], price: PriceOf | None, summaries: Sequence[JsonObject]
) -> Iterator[_Entry]:
    seen = Counter(t.name for _, run in runs for t in run.started.targets)
    for (name, run), summed in zip(runs, summaries, strict=True):
        for target, summary in zip(run.started.targets, summed["targets"], strict=True):
            label = target.name if seen[target.name] == 1 else f"{target.name} ({name})"
            row = {"label": label, "run": name, **{key: summary[key] for key in _COLUMNS}}
            row["cost_per_success"] = _cost_per_success(
                target, run.nature(target.name), summary, price
            )
            dimensions = summary.get("dimensions", {})
            row["dimensions"] = {name: shown(entry) for name, entry in dimensions.items()}
            yield _Entry(label, run, row, dimensions)


def _cost_per_success(
    target: Target, nature: Nature, summary: JsonObject, price: PriceOf | None
) -> float | None:
    tokens = summary["tokens"]
    if price is None or None in tokens.values() or not summary["passed"]:
        return None
    spent = price(target.model, nature)(tokens["input"], tokens["output"])
    return None if spent is None else spent / summary["passed"]


def _difference(better: _Entry, worse: _Entry, z: float) -> JsonObject:
    pairs = pair_up(better.run, better.target, worse.run, worse.target)
    fewest = min(better.row["judged"], worse.row["judged"])
    paired = len(pairs) >= _PAIRED_FROM * fewest
    if paired:
        table = tabulate(pairs)
        rates, (low, high) = (table.baseline, table.candidate), drop_interval(pairs, z)
        counts: JsonObject = {"only_better": table.worse, "only_worse": table.better}
        counts["defects"] = _defects(pairs)
    else:
        rates, counts = (better.row["rate"], worse.row["rate"]), {}
        low, high = square_and_add(_bounds(better, z), _bounds(worse, z))
    return {
        "better": better.label,
        "worse": worse.label,
        "rate_better": rates[0],
        "rate_worse": rates[1],
        "difference": rates[0] - rates[1],
        "low": low,
        "high": high,
        "apart": low > 0 or high < 0,
        "paired": paired,
        "pairs": len(pairs),
        **counts,
    }


def _defects(pairs: Sequence[CallPair]) -> JsonObject:
    """Per slug: the calls in which each side shows it, and whether chance explains that."""
    found = defect_p_values(pairs)
    # Dimensions are told apart by themselves.
    one_sided = {slug: p for slug, p in found.items() if not slug.startswith(DIMENSION)}
    adjusted = holm({slug: 2 * min(p, 1 - p) for slug, p in one_sided.items()})
    better = Counter(slug for pair in pairs for slug in pair.baseline.defects)
    worse = Counter(slug for pair in pairs for slug in pair.candidate.defects)
    return {
        slug: {"better": better[slug], "worse": worse[slug], "p_holm": p}
        for slug, p in adjusted.items()
    }


def _bounds(entry: _Entry, z: float) -> tuple[float, float, float]:
    rate, n_eff = entry.row["rate"], entry.row["n_eff"]
    return (rate, *wilson(rate * n_eff, n_eff, z))


def _groups(labels: Sequence[str], apart: set[tuple[str, str]]) -> list[list[str]]:
    """Return the longest runs of neighbours, in order of rate, of which no two are apart."""
    groups: list[list[str]] = []
    for first in range(len(labels)):
        last = first
        while last + 1 < len(labels) and not any(
            (one, labels[last + 1]) in apart for one in labels[first : last + 1]
        ):
            last += 1
        group = list(labels[first : last + 1])
        if not groups or group[-1] != groups[-1][-1]:
            groups.append(group)
    return groups
