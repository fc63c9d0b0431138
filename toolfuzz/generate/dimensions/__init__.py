"""The seven dimensions, one file each. A file that assigns a ``Family`` to ``FAMILY`` is found."""

import importlib
import pkgutil
from ast import literal_eval
from collections.abc import Callable
from functools import cache

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Case, Expectation, Json, JsonObject, Turn
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.pick import Pick, words
from toolfuzz.worlds.family import Drawn, Family, Move
from toolfuzz.worlds.prove import failed_proofs
from toolfuzz.worlds.spec import World, to_json
from toolfuzz.worlds.view import View, view_of

__all__ = [
    "all_dimensions",
    "case_of",
    "draw_pair",
    "drawn_anew",
    "family_of",
    "find",
    "ignore",
    "read",
    "solve",
    "value_of",
]

_MOST_ATTEMPTS = 20
_LOST = (ValueError, LookupError, TypeError, AttributeError, RecursionError, StopIteration)
"""What agents run into that read a talk which isn't theirs."""


@cache
def all_dimensions() -> dict[str, Family]:
    """Return every dimension by name."""
    found: list[Family] = []
    for module in pkgutil.iter_modules(__path__):
        family = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FAMILY", None)
        if isinstance(family, Family):
            found.append(family)
    return {family.name: family for family in sorted(found, key=lambda one: one.name)}


def find(name: str) -> Family:
    """Return the dimension of that name; raise UsageError with the nearest names otherwise."""
    known = all_dimensions()
    if name not in known:
        near = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise UsageError(f"there is no dimension {name!r}", near)
    return known[name]


def family_of(world: World) -> Family:
    """Return the family that a world was drawn from; raises UsageError."""
    return find(world.dimension)


def draw_pair(family: Family, seed: int, k: int, level: int | None = None) -> tuple[Case, Case]:
    """Draw the k-th world of a dimension and its control twin, at a level or the usual one.

    Both depend on (seed, family, k, level) alone, and both carry their proofs: what doesn't is
    drawn anew. Raises UsageError where nothing does.
    """
    least, most = family.levels
    at = family.usual if level is None else level
    if not least <= at <= most:
        told = f"{family.name} has the levels {least} to {most}, not {at}"
        raise UsageError(told, f"toolfuzz explain {family.name}")
    failed: list[tuple[str, str]] = []
    for attempt in range(_MOST_ATTEMPTS):
        key = (seed, "world", family.name, k, at, *((attempt,) if attempt else ()))
        try:
            burdened, twin = family.draw(Pick(words(*key)), at, repr(key))
        except (ValueError, LookupError) as odd:
            failed = [("drawn", str(odd))]
            continue
        pair = case_of(burdened, family), case_of(twin, family)
        failed = [wrong for case in pair for wrong in failed_proofs(family, case, value_of)]
        if not failed:
            return pair
    raise UsageError(
        f"no world of {family.name} at level {at} carries its proofs: {': '.join(failed[0])}",
        f"its levels are {least} to {most}, {family.usual} is the usual one",
    )


def drawn_anew(world: World) -> int:
    """Return how many worlds had to be thrown away before this one, which carries its proofs."""
    key = literal_eval(world.seed)
    return int(key[5]) if len(key) > 5 else 0


def value_of(schema: JsonObject, seed: int) -> Json:
    """Draw a value that a schema allows, for agents that call at random."""
    from toolfuzz.generate.schema_values import draw_value  # a validator, which a server can spare

    return draw_value(schema, Pick(words("values", seed)))


def case_of(drawn: Drawn, family: Family) -> Case:
    """Return the case that asks a drawn world."""
    world = drawn.world
    opening = Turn(family.render(world.task, world.wording), Expectation("unknown"))
    return Case("generated", family.name, (), drawn.tools, (opening,), to_json(world))


def read(ask: Ask) -> tuple[Family, View, JsonObject] | None:
    """Return the family, the view and the task of a request; None when it asks no world."""
    view = view_of(ask)
    for family in all_dimensions().values():
        try:
            task = family.read(view)
        except _LOST:
            continue
        if task is not None:
            return family, view, task
    return None


def solve(ask: Ask) -> Move | None:
    """Return what an agent calls that does everything right; None when it is asked no world."""
    known = read(ask)
    return _move(known[0].solve, known) if known else None


def ignore(ask: Ask, name: str) -> Move | None:
    """Return what an agent calls that ignores a dimension; None when it isn't asked that one."""
    known = read(ask)
    return _move(known[0].ignore, known) if known and known[0].name == name else None


def _move(
    agent: Callable[[View, JsonObject], Move], known: tuple[Family, View, JsonObject]
) -> Move:
    _, view, task = known
    try:
        return agent(view, task)
    except _LOST:
        return ()  # it can make nothing of what was done before it
