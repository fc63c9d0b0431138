"""Minimizing a world: it is drawn again at a lower level and from simpler choices."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from toolfuzz.core.case import Case
from toolfuzz.evidence.progress import Study
from toolfuzz.evidence.reduce import most
from toolfuzz.generate.dimensions import family_of
from toolfuzz.generate.dimensions.again import Again, drawn_again
from toolfuzz.worlds.spec import world_of

__all__ = ["ChoiceTree", "control_of", "shrink_world"]

_SHARES = (0.0, 0.1, 0.25, 0.5, 0.75)
"""How far up from the least level those lie that are tried, as shares of the way."""


class ChoiceTree:
    """The choices behind a drawn world, each of which may be the simplest (a ``Tree``)."""

    def __init__(self, case: Case) -> None:
        self._world = world_of(case)
        self._again = lru_cache(maxsize=1024)(self._drawn)
        whole = self._again(frozenset())
        self.nodes = sorted(set(range(whole.choices)) - whole.simple) if whole else []

    def candidates(self, removed: frozenset[int]) -> Sequence[int]:
        """Return the choices that aren't the simplest yet."""
        return [choice for choice in self.nodes if choice not in removed]

    def gone(self, node: int, removed: frozenset[int]) -> bool:
        """Whether a choice is the simplest now."""
        return node in removed

    def valid(self, removed: frozenset[int]) -> bool:
        """Whether a world comes of it that carries its proofs."""
        return self._again(removed) is not None

    def build(self, removed: frozenset[int]) -> Case | None:
        """Return the case in which these choices are the simplest."""
        return _like(self._again(removed), twin=self._world.twin)

    def control(self, removed: frozenset[int]) -> Case | None:
        """Return the same world's other half: the control twin of a burdened one."""
        return _like(self._again(removed), twin=not self._world.twin)

    def _drawn(self, removed: frozenset[int]) -> Again | None:
        return drawn_again(self._world, zeroed=removed)


async def shrink_world(study: Study) -> None:
    """Make the study's world smaller while it fails in the same way."""
    study.stage = "lower levels"
    for easier in _easier(study.case):
        if await study.accept(easier):
            break
    study.stage = "simpler choices"
    await study.reduce(ChoiceTree(study.case))
    study.stage = "making sure"
    await study.reduce(ChoiceTree(study.case), most)


def control_of(case: Case) -> list[Case]:
    """Return the control twin of a world, drawn of the same choices."""
    found = ChoiceTree(case).control(frozenset())
    return [] if found is None else [found]


def _easier(case: Case) -> Iterator[Case | None]:
    world = world_of(case)
    least = family_of(world).levels[0]
    way = world.level - least
    for level in dict.fromkeys(least + round(way * share) for share in _SHARES):
        if level < world.level:
            yield _like(drawn_again(world, level=level), twin=world.twin)


def _like(again: Again | None, *, twin: bool) -> Case | None:
    if again is None:
        return None
    return again.twin if twin else again.burdened
