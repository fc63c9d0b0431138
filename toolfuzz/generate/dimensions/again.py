"""A drawn world, drawn again from simpler choices: whatever comes of it is a world with its proofs.

To take a record or a rule out of a world, its text, its goal and its shortest way would all have
to be mended. The choices behind it are simpler to change: 0 is always the simplest one (see
``Pick``), as when Hypothesis shrinks an example.
"""

from ast import literal_eval
from collections.abc import Set
from dataclasses import dataclass, replace

from toolfuzz.core.case import Case, Json
from toolfuzz.generate.dimensions import case_of, family_of, value_of
from toolfuzz.generate.pick import Below, Pick, words
from toolfuzz.generate.schema_values import Unsatisfiable
from toolfuzz.worlds.prove import failed_proofs
from toolfuzz.worlds.spec import World

__all__ = ["Again", "drawn_again"]


@dataclass(frozen=True, slots=True)
class Again:
    """A world that was drawn again: its case and its control twin's, and how many ``choices`` they
    took; ``simple`` are those that were the simplest anyway."""

    burdened: Case
    twin: Case
    choices: int
    simple: frozenset[int]


def drawn_again(
    world: World, *, level: int | None = None, zeroed: Set[int] = frozenset()
) -> Again | None:
    """Draw a world again at another level, with more of its choices as simple as can be.

    None when nothing can be drawn so, or what is drawn doesn't carry its proofs.
    """
    family = family_of(world)
    key = _key(world.seed)
    if key is None:
        return None
    simpler = tuple(sorted({*world.simpler, *zeroed}))
    choices = _Choices(words(*key), frozenset(simpler))
    try:
        at = world.level if level is None else level
        drawn = family.draw(Pick(choices), at, world.seed)
        burdened, twin = (
            case_of(replace(one, world=replace(one.world, simpler=simpler)), family)
            for one in drawn
        )
    except (ValueError, LookupError, Unsatisfiable):
        return None
    if any(any(failed_proofs(family, case, value_of)) for case in (burdened, twin)):
        return None
    return Again(burdened, twin, choices.made, frozenset(choices.simple))


def _key(seed: str) -> tuple[Json, ...] | None:
    """Return what a world's choices were made of; None for a world that nobody drew."""
    try:
        key = literal_eval(seed)
    except (ValueError, SyntaxError):
        return None
    return key if isinstance(key, tuple) else None


class _Choices:
    """Choices as they were made at first, but for some that are the simplest."""

    def __init__(self, below: Below, zeroed: Set[int]) -> None:
        self.made = 0
        self.simple: set[int] = set()
        self._below = below
        self._zeroed = zeroed

    def __call__(self, n: int) -> int:
        if n < 2:
            return 0
        choice, place = self._below(n), self.made
        self.made += 1
        choice = 0 if place in self._zeroed else choice
        if choice == 0:
            self.simple.add(place)
        return choice
