"""Which schema features go with the failures. A screen: it finds associations, never causes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

from toolfuzz.analyze.fisher import at_least, false_discovery
from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject

__all__ = ["Association", "associated", "associations", "screen"]

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
    failures = bytearray(failed for _, failed in answers)
    cases: dict[str, bytearray] = defaultdict(lambda: bytearray(len(answers)))
    for n, (features, _) in enumerate(answers):
        for feature in features:
            cases[feature][n] = True
    has = {feature: _set(flags) for feature, flags in cases.items()}
    return _screen(has, len(answers), _set(failures))


def _set(flags: bytes | bytearray) -> int:
    """Return which flags are set, as the bits of a number: sets that are quick to meet."""
    return int(flags.translate(_DIGITS) or b"0", 2)


_DIGITS = bytes.maketrans(b"\0\1", b"01")


def _screen(cases: Mapping[str, int], everyone: int, failures: int) -> list[Association]:
    """Screen sets of cases by their features; ``failures`` are those that failed."""
    failed = failures.bit_count()
    if not failed:
        return []
    names: dict[int, list[str]] = defaultdict(list)
    for feature in sorted(cases):
        names[cases[feature]].append(feature)

    def table(rows: int, features: tuple[str, ...], also: Sequence[str] = ()) -> _Table:
        return _Table(features, tuple(also), rows.bit_count(), (rows & failures).bit_count())

    tables = [table(rows, (same[0],), same[1:]) for rows, same in names.items()]
    for (rows, same), (other_rows, other) in combinations(names.items(), 2):
        together = rows & other_rows
        if together not in (rows, other_rows):
            tables.append(table(together, (same[0], other[0])))
    tables = [t for t in tables if 0 < t.cases < everyone]
    if not tables:
        return []

    def fisher(count: int, table: _Table) -> float:
        return at_least(count, everyone, failed, table.cases)

    # Tarone, 1990: what could not be significant however it came out must not dilute the rest.
    tables = [t for t in tables if fisher(min(t.cases, failed), t) <= _LEVEL]
    p_values = [fisher(t.failed, t) for t in tables]
    q_values = false_discovery(p_values)
    found = [
        Association(
            t.features,
            t.also,
            t.failed,
            t.cases,
            failed - t.failed,
            everyone - t.cases,
            t.failed / t.cases * everyone / failed,
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
    cases: int
    failed: int


def associated(run: RunData, target: str) -> list[JsonObject]:
    """Return the strongest associations with any failure of a target, as ``summary.json`` has them.

    A feature stands in one of them at most: what goes with a feature already named adds little.
    """
    strongest: list[Association] = []
    named: set[str] = set()
    for found in associations(run, target):
        if len(strongest) == _STRONGEST or not found.associated:
            break
        if named.isdisjoint(found.features):
            strongest.append(found)
            named.update(found.features)
    return [asdict(a) | {"words": a.words} for a in strongest]


def associations(run: RunData, target: str, slug: str = "") -> list[Association]:
    """Screen the cases of a target that were judged (see ``screen``).

    A case failed when any judged asking did; with ``slug``, when any showed that defect.
    """
    judged = run.of(target).judged
    questions = judged.questions
    asked, failed = (bytearray(len(questions.cases.place)) for _ in range(2))
    for case in judged.pick(questions.case):
        asked[case] = True
    wrong = judged.wrong
    for row, case in zip(wrong.rows, wrong.pick(questions.case), strict=True):
        if not slug or any(finding.slug == slug for finding in questions.causes(row)):
            failed[case] = True
    everyone = _set(asked)
    has = {
        feature: _set(flags.ljust(len(asked), b"\0")) & everyone
        for feature, flags in questions.cases.features.items()
    }
    return _screen({f: rows for f, rows in has.items() if rows}, everyone.bit_count(), _set(failed))
