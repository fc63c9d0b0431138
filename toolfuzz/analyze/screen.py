"""Which schema features go with the failures. A screen: it finds associations, never causes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

from toolfuzz.analyze.fisher import at_least, false_discovery
from toolfuzz.analyze.load import RunData, causes
from toolfuzz.core.case import JsonObject

__all__ = ["Association", "answers_for", "associated", "screen"]

_LEVEL = 0.05
_STRONGEST = 3


@dataclass(frozen=True, slots=True)
class Association:
    """How failures go with one feature, or with two together.

    ``failed_with`` of ``cases_with`` cases that have it failed, ``failed_without`` of
    ``cases_without`` others did. ``lift`` is the failure rate with it over that of all cases;
    ``p`` is Fisher's exact one-sided p, ``q`` the same after Benjamini and Hochberg over
    everything that was screened. ``also`` names features that came in exactly the same cases, so
    that no count can tell them apart.
    """

    features: tuple[str, ...]
    also: tuple[str, ...]
    failed_with: int
    cases_with: int
    failed_without: int
    cases_without: int
    lift: float
    p: float
    q: float

    @property
    def associated(self) -> bool:
        """Whether the association stands at a false discovery rate of 5%."""
        return self.q <= _LEVEL

    @property
    def words(self) -> str:
        """One sentence for people."""
        name = " with ".join(self.features)
        alias = f" (always together with {', '.join(self.also)})" if self.also else ""
        verb = "is associated with" if self.associated else "is not clearly associated with"
        return (
            f"{name}{alias} {verb} failing: {self.failed_with} of {self.cases_with} cases with "
            f"it failed, {self.failed_without} of {self.cases_without} without "
            f"(lift {self.lift:.1f}, q = {self.q:.2g})"
        )


def screen(answers: Sequence[tuple[Iterable[str], bool]]) -> list[Association]:
    """Screen every feature and every pair, given (features, failed) of each judged case.

    Sorted by p, then by fewer features and more cases. Left out is what no outcome could have
    shown: features of all cases, and sets so rare that even failing every time would not be
    significant. A pair that comes exactly when one of its features comes adds nothing and is
    left out too. The features should have been drawn independently (a covering plan).
    """
    everyone = len(answers)
    failures = frozenset(n for n, (_, failed) in enumerate(answers) if failed)
    cases: dict[str, set[int]] = defaultdict(set)
    for n, (features, _) in enumerate(answers):
        for feature in features:
            cases[feature].add(n)
    names: dict[frozenset[int], list[str]] = defaultdict(list)
    for feature in sorted(cases):
        names[frozenset(cases[feature])].append(feature)

    tables = [_Table((same[0],), tuple(same[1:]), rows, failures) for rows, same in names.items()]
    for (rows, same), (other_rows, other) in combinations(names.items(), 2):
        together = rows & other_rows
        if together not in (rows, other_rows):
            tables.append(_Table((same[0], other[0]), (), together, failures))
    tables = [t for t in tables if 0 < len(t.rows) < everyone]
    if not tables or not failures:
        return []

    def fisher(failed: int, table: _Table) -> float:
        return at_least(failed, everyone, len(failures), len(table.rows))

    # Tarone, 1990: what could not be significant however it came out must not dilute the rest.
    tables = [t for t in tables if fisher(min(len(t.rows), len(failures)), t) <= _LEVEL]
    p_values = [fisher(t.failed, t) for t in tables]
    q_values = false_discovery(p_values)
    found = [
        Association(
            t.features,
            t.also,
            t.failed,
            len(t.rows),
            len(failures) - t.failed,
            everyone - len(t.rows),
            t.failed / len(t.rows) * everyone / len(failures),
            p,
            q,
        )
        for t, p, q in zip(tables, p_values, q_values, strict=True)
    ]
    return sorted(found, key=lambda a: (a.p, len(a.features), -a.cases_with, a.features))


@dataclass(frozen=True, slots=True)
class _Table:
    features: tuple[str, ...]
    also: tuple[str, ...]
    rows: frozenset[int]
    failures: frozenset[int]

    @property
    def failed(self) -> int:
        return len(self.rows & self.failures)


def associated(run: RunData, target: str) -> list[JsonObject]:
    """Return the strongest associations with any failure of a target, as ``summary.json`` has them.

    A feature stands in one of them at most: what goes with a feature already named adds little.
    """
    strongest: list[Association] = []
    named: set[str] = set()
    for found in screen(answers_for(run, target)):
        if len(strongest) == _STRONGEST or not found.associated:
            break
        if named.isdisjoint(found.features):
            strongest.append(found)
            named.update(found.features)
    return [asdict(a) | {"words": a.words} for a in strongest]


def answers_for(run: RunData, target: str, slug: str = "") -> list[tuple[tuple[str, ...], bool]]:
    """Return what ``screen`` takes: per judged case its features and whether it failed.

    A case failed when any judged asking did; with ``slug``, when any showed that defect.
    """
    failed: dict[str, bool] = {}
    for verdict in run.of(target):
        if verdict.status == "unjudged":
            continue
        shown = {f.slug for f in causes(verdict)}
        now = slug in shown if slug else verdict.status == "fail"
        failed[verdict.case_id] = failed.get(verdict.case_id, False) or now
    return [(run.cases[case_id].features, outcome) for case_id, outcome in failed.items()]
