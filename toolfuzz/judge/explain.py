"""From facts to findings: which defect explains a fact, and what is said of it.

Each defect file names the kinds of facts it can explain (``explain``) and which other explanations
of the same fact it goes before (``outranks``). Nothing here knows a defect by name.
"""

from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.step import Step

__all__ = ["explain", "explains_text"]

Explain = Callable[[Any], str | Said | None]

_LONGEST = 200_000
"""Characters of a text from which on one twice as long as expected is just another one."""


def explain(fact: Any) -> Iterator[tuple[Defect, Said]]:
    """Yield the defects that explain a fact, and what each says of it."""
    outranked: set[str] = set()
    kind: type = type(fact)
    outgrown = isinstance(fact, Reworded) and _outgrown(fact)
    for defect, test in _explainers(kind):
        if defect.slug in outranked or (defect.residual and outranked):
            continue
        if outgrown and not defect.residual:
            continue
        said = test(fact)
        if said is not None:
            outranked |= {defect.slug, *defect.outranks}
            yield defect, Said(said) if isinstance(said, str) else said


def explains_text(expected: str, came: str) -> bool:
    """Whether a defect explains how the one text became the other, wherever it stands."""
    fact = Reworded(Step(None, "", expected, came), expected, came)
    return not _outgrown(fact) and any(
        test(fact) is not None
        for defect, test in _explainers(Reworded)
        if Reworded in defect.explain
    )


def _outgrown(fact: Reworded) -> bool:
    return len(fact.came) > max(_LONGEST, 2 * len(fact.expected))


@cache
def _explainers(kind: type) -> tuple[tuple[Defect, Explain], ...]:
    """Return the defects for a kind of fact, each behind those that outrank it, residual last."""
    tests: dict[str, Explain] = {}
    for entry in defects().values():
        nearest = next((of for of in kind.__mro__ if of in entry.explain), None)
        if nearest is not None:
            tests[entry.slug] = entry.explain[nearest]
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for slug in tests:
        sorter.add(slug)
        for other in sorted(defects()[slug].outranks & tests.keys()):
            sorter.add(other, slug)
    ordered = sorted(sorter.static_order(), key=lambda slug: defects()[slug].residual)
    return tuple((defects()[slug], tests[slug]) for slug in ordered)
