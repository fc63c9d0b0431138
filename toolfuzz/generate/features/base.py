"""What a feature is, and the small parts that features are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from toolfuzz.core.case import Json, JsonObject, Tool, Turn
from toolfuzz.generate.anything import a_text
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.values import AMOUNTS, COUNTS, WORDS

__all__ = [
    "GROUPS",
    "SCALARS",
    "TYPES",
    "Draft",
    "Feature",
    "Group",
    "Parameter",
    "Place",
    "Values",
    "fields",
    "object_of",
    "object_schema",
    "object_values",
]

Values = Callable[[Pick], Json]
"""Draws one value that a schema allows; several calls of one tool ask it several times."""

Group = Literal[
    "values",
    "containers",
    "indirect",
    "constraints",
    "tools",
    "request",
    "conversation",
    "rare",
    "sloppy",
]
"""Features are varied within their group; ``indirect`` means that a value's type is not stated
in place: it has to be looked up behind a reference, in a union, or in an enum's options. ``rare``
is what some services refuse or what costs much, ``sloppy`` what is common but no JSON Schema."""

GROUPS: tuple[Group, ...] = get_args(Group)


@dataclass(slots=True)  # not frozen, like a Place: dozens are made for a case
class Parameter:
    """A property with its values. ``root`` holds keywords its schema needs at the tool's root.

    ``first`` is its value in the first call, once that is drawn: right after the schema, so that
    Hypothesis can leave out both in one piece. ``placed``: its schema says where it stands, so it
    stays at the root under its own name.
    """

    name: str
    schema: JsonObject
    values: Values
    required: bool = True
    given: bool = True
    root: JsonObject = field(default_factory=dict)
    first: tuple[Json, ...] = ()
    placed: bool = False

    def drawn(self, pick: Pick) -> "Parameter":
        """Return the parameter with its first value."""
        first = (self.values(pick),)
        return Parameter(
            self.name,
            self.schema,
            self.values,
            self.required,
            self.given,
            self.root,
            first,
            self.placed,
        )


@dataclass(slots=True)
class Draft:
    """A tool while it is being drawn. ``others`` are offered beside it and never the answer."""

    name: str
    description: str | None
    features: list[str] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    strict: bool = False
    declared: bool = True
    root: JsonObject = field(default_factory=dict)
    root_values: Values | None = None
    others: list[Tool] = field(default_factory=list)


TYPES = ("string", "integer", "number", "boolean", "null", "object", "array")
"""The types that JSON Schema knows."""


@dataclass(slots=True)
class Place:
    """Where a schema node stands: the keyword that holds it and how many objects are around it."""

    keyword: str
    depth: int
    root: JsonObject


@dataclass(frozen=True, slots=True)
class Feature:
    """One knob of the generator, with the way to see that a case really has it.

    It draws one ``parameter``, makes a ``change`` to the whole draft, or changes how a turn is
    asked (``ask``, which returns the turn as it was where it doesn't fit; ``opening``, only of the
    first). It is spotted in a
    schema node that has ``keyword`` and, where its ``type`` is one of JSON Schema's, one of the
    ``types`` (``node``), in a property's name (``key``), in an argument of one of the Python types
    ``kinds`` (``value``), in a tool that is to be called (``tool``), in all the tools on offer
    (``offer``) or in the ``turn``. ``opt_in``: drawn only when asked for by name, because some
    providers rightly refuse it. ``excludes`` and ``implies`` name features; exclusion counts in
    both directions.
    """

    name: str
    summary: str
    group: Group
    parameter: Callable[[Pick], Parameter] | None = None
    change: Callable[[Pick, Draft], None] | None = None
    ask: Callable[[Turn], Turn] | None = None
    opening: Callable[[Turn], Turn] | None = None
    keyword: str = ""
    node: Callable[[JsonObject, Place], bool] | None = None
    types: tuple[str, ...] = TYPES
    key: Callable[[str], bool] | None = None
    value: Callable[[Json], bool] | None = None
    kinds: tuple[type, ...] = ()
    tool: Callable[[Tool], bool] | None = None
    offer: Callable[[Sequence[Tool]], bool] | None = None
    turn: Callable[[Turn], bool] | None = None
    opt_in: bool = False
    excludes: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()


def _scalar(name: str, kind: str, options: Sequence[Json], description: str = "") -> Parameter:
    schema = {"type": kind, "description": description} if description else {"type": kind}
    if kind == "string":
        return Parameter(name, schema, lambda pick: a_text(pick, options))
    return Parameter(name, schema, lambda pick: pick.of(options))


_FLAGS = (False, True)

SCALARS: tuple[Parameter, ...] = (
    _scalar("title", "string", WORDS),
    _scalar("count", "integer", COUNTS),
    _scalar("enabled", "boolean", _FLAGS),
    _scalar("path", "string", WORDS, "Path of the file."),
    _scalar("ratio", "number", AMOUNTS),
    _scalar("owner", "string", WORDS, "Who is responsible."),
    _scalar("retries", "integer", COUNTS, "How often to try again."),
    _scalar("verbose", "boolean", _FLAGS, "Whether to log every step."),
    _scalar("target", "string", WORDS),
    _scalar("threshold", "number", AMOUNTS, "Lower limit."),
    _scalar("region", "string", WORDS, "Where it runs."),
    _scalar("port", "integer", COUNTS),
    _scalar("dryRun", "boolean", _FLAGS),
    _scalar("label", "string", WORDS),
    _scalar("weight", "number", AMOUNTS),
    _scalar("size_mb", "integer", COUNTS, "Size in megabytes."),
    _scalar("branch", "string", WORDS, "Name of the branch."),
    _scalar("overwrite", "boolean", _FLAGS, "Replace what is there."),
    _scalar("timeout", "number", AMOUNTS, "Seconds to wait."),
    _scalar("comment", "string", WORDS),
    _scalar("page", "integer", COUNTS),
    _scalar("channel", "string", WORDS, "Where it is announced."),
    _scalar("recursive", "boolean", _FLAGS),
    _scalar("query", "string", WORDS, "What to look for."),
    _scalar("price", "number", AMOUNTS, "Price in euro."),
    _scalar("batch_size", "integer", COUNTS, "Rows per batch."),
    _scalar("subject", "string", WORDS),
    _scalar("notify", "boolean", _FLAGS, "Send a message at the end."),
    _scalar("version", "string", WORDS, "Version to use."),
)
"""Plain properties with plain values."""


def fields(pick: Pick, least: int = 1, most: int = 4) -> list[Parameter]:
    """Return some plain properties."""
    return pick.some(SCALARS, least, most)


def object_schema(members: Sequence[Parameter]) -> JsonObject:
    """Return the schema of an object with exactly these members, all of them required."""
    return {
        "type": "object",
        "properties": {m.name: m.schema for m in members},
        "required": [m.name for m in members],
    }


def object_values(members: Sequence[Parameter]) -> Values:
    """Return what draws such an object."""
    return lambda pick: {m.name: m.values(pick) for m in members}


def object_of(pick: Pick, least: int = 1, most: int = 4) -> tuple[JsonObject, Values]:
    """Return an object of plain properties and what draws it."""
    members = fields(pick, least, most)
    return object_schema(members), object_values(members)
