"""What a world is: data, from which everything else follows."""

import json
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter, ValidationError

from toolfuzz.core.case import Case, ExpectedCall, Json, JsonObject
from toolfuzz.core.codec import first_error
from toolfuzz.core.errors import UsageError

__all__ = [
    "Check",
    "Deed",
    "Guard",
    "Records",
    "Rule",
    "User",
    "World",
    "nonce",
    "to_json",
    "world_of",
]

Records = dict[str, dict[str, JsonObject]]
"""Kind → id → record."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold before a tool does its work; else its error is the result (see guards.py)."""

    kind: str
    settings: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a tool does: an operation of the machine with its settings (see operations.py)."""

    operation: str
    settings: JsonObject = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A part of the goal: what a field of a record holds in the end.

    ``field`` "" stands for the record itself: ``want`` then says whether it exists. ``slug`` is
    the finding when the field holds anything else, unless ``instead`` (value, slug) names that
    value. ``fix`` is the call that sets it right.
    """

    kind: str
    id: str
    field: str
    want: Json
    slug: str
    instead: tuple[tuple[Json, str], ...] = ()
    fix: ExpectedCall | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that the trace must obey (see rules.py)."""

    kind: str
    settings: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class User:
    """What the user says after the first message: a finite program.

    ``pieces`` come one by one, each when the model has answered the one before without a call.
    After the last, a goal that isn't reached is answered by a correction, ``patience`` times at
    most: the first at ``grade`` (0 "not right", 1 where, 2 what, 3 the exact call), each further
    one a grade more helpful.
    """

    pieces: tuple[str, ...] = ()
    grade: int = 0
    patience: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A world. Its case holds the tools and the first message.

    ``task`` is what is to be done, as data: messages, goal and rules are all made of it.
    ``may_write`` are the records that may be changed: ``kind/id`` all of it, ``kind/id/field`` a
    field (``kind/id/``: the record may come or go); None: everything.
    ``watch`` names what else is looked for in the trace (see watch.py). ``gold`` is one shortest
    way to the goal, round by round. ``most_rounds`` bounds a model that never stops. ``apart``: how
    many turns, and about how many tokens, lie between what is told and where it is needed. ``seed``
    names the choices of which it was drawn, ``simpler`` those that were made the simplest since.
    """

    dimension: str
    level: int
    pair: str
    twin: bool
    wording: int
    seed: str
    task: JsonObject
    deeds: dict[str, Deed]
    records: Records = field(default_factory=dict)
    goal: tuple[Check, ...] = ()
    rules: tuple[Rule, ...] = ()
    may_write: tuple[str, ...] | None = None
    watch: tuple[str, ...] = ()
    user: User = field(default_factory=User)
    gold: tuple[tuple[ExpectedCall, ...], ...] = ()
    most_rounds: int = 40
    simpler: tuple[int, ...] = ()
    apart: tuple[int, int] = (0, 0)


def nonce(*parts: object) -> str:
    """Return a text of 64 bits that nobody can guess: it depends on all the parts."""
    return blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def to_json(world: World) -> JsonObject:
    """Return the world as its case keeps it."""
    made: JsonObject = _adapter().dump_python(world, mode="json")
    return made


def world_of(case: Case) -> World:
    """Return the world of a case; raises UsageError that names the first wrong field."""
    if case.world is None:
        raise UsageError("this case has no world")
    return _read(case.id, json.dumps(case.world))


@lru_cache(maxsize=256)
def _read(case_id: str, text: str) -> World:
    try:
        world: World = _adapter().validate_json(text)
    except ValidationError as error:
        raise UsageError(f"not a world: {first_error(error)}") from None
    return world


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(World)
