"""As much JSON Schema as a simulated model needs: references, unions, types, a simple example.

Schemas come from strangers: forty definitions that name each the next one twice unfold to 2^40
values. Work is counted in steps where somebody sets a limit (``at_most``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import follow, kind_of

__all__ = [
    "Spot",
    "TooMuchWorkError",
    "admits",
    "at_most",
    "branches",
    "example",
    "member",
    "places",
    "resolve",
    "spend",
    "types",
]

_MOST_REFS = 32
_UNIONS = ("anyOf", "oneOf", "allOf")


class TooMuchWorkError(ValueError):
    """Schemas and values for which the steps allowed do not suffice."""


_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)


@contextmanager
def at_most(steps: int) -> Iterator[None]:
    """Allow so many steps (values, subschemas, characters of examples) while the context lasts.

    The next one raises TooMuchWorkError. A step takes some microseconds at most.
    """
    token = _left.set([steps])
    try:
        yield
    finally:
        _left.reset(token)


def spend(steps: int = 1) -> None:
    """Count steps; raises TooMuchWorkError when they are more than ``at_most`` allows."""
    left = _left.get()
    if left is not None:
        left[0] -= steps
        if left[0] < 0:
            raise TooMuchWorkError("it takes too many steps to read")


def resolve(schema: Any, root: JsonObject) -> JsonObject:
    """Follow local ``$ref``s; ``{}`` (anything goes) for what can't be followed."""
    found = follow(root, schema)
    return found if isinstance(found, dict) else {}


def branches(schema: Any, root: JsonObject) -> Iterator[JsonObject]:
    """The schema and, resolved, every branch of its unions, each once."""
    return _branches(schema, root, 0, {})


def _branches(
    schema: Any, root: JsonObject, depth: int, seen: dict[int, JsonObject]
) -> Iterator[JsonObject]:
    schema = resolve(schema, root)
    if id(schema) in seen:
        return
    seen[id(schema)] = schema
    spend()
    yield schema
    if depth < _MOST_REFS:
        for word in _UNIONS:
            options = schema.get(word)
            for option in options if isinstance(options, list) else ():
                yield from _branches(option, root, depth + 1, seen)


def types(schema: Any, root: JsonObject) -> set[str]:
    """JSON Schema type names that the schema admits; empty when it names none."""
    found: set[str] = set()
    for branch in branches(schema, root):
        word = branch.get("type")
        found.update(word if isinstance(word, list) else [word] if isinstance(word, str) else [])
        values = branch.get("enum", [branch["const"]] if "const" in branch else [])
        found.update(kind_of(v) for v in values if "type" not in branch)
        if "type" not in branch and "properties" in branch:
            found.add("object")
    return found


def admits(schema: Any, root: JsonObject, value: Any) -> bool:
    """Whether the type of the value is among those that the schema names (or it names none)."""
    known = types(schema, root)
    name = kind_of(value)
    return not known or name in known or (name == "integer" and "number" in known)


@dataclass(frozen=True, slots=True)
class Spot:
    """A value inside an arguments object: its holder, key, depth (1 at the top), and schemas.

    ``written`` is the schema as it stands in the tool, ``schema`` the same with ``$ref`` followed.
    ``parent`` is the holder's schema, ``in_union`` says that it is a branch of a union.
    """

    holder: Any
    key: Any
    depth: int
    written: Any
    schema: JsonObject
    root: JsonObject
    parent: JsonObject
    in_union: bool

    @property
    def value(self) -> Any:
        """What stands there now."""
        return self.holder[self.key]

    @property
    def behind_ref(self) -> bool:
        """Whether the parameter is declared by a ``$ref``."""
        return isinstance(self.written, dict) and "$ref" in self.written

    @property
    def union(self) -> bool:
        """Whether the parameter is a union, nullable included."""
        return any(w in self.schema for w in _UNIONS) or isinstance(self.schema.get("type"), list)

    @property
    def types(self) -> set[str]:
        """Types that the schema admits."""
        return types(self.schema, self.root)

    @property
    def required(self) -> bool:
        """Whether the holder must have it."""
        return isinstance(self.holder, list) or self.key in self.parent.get("required", ())


def places(arguments: JsonObject, parameters: JsonObject) -> Iterator[Spot]:
    """Every value inside the arguments with the schema that governs it, outermost first."""
    yield from _inside(arguments, parameters, parameters, 1)


def _inside(value: Any, schema: Any, root: JsonObject, depth: int) -> Iterator[Spot]:
    if isinstance(value, dict):
        keys: list[Any] = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    else:
        return
    options = [b for b in branches(schema, root) if _fits(b, value, root)]
    outer = resolve(schema, root)
    parent = next((b for b in options if "properties" in b), outer)
    in_union = any(word in outer for word in _UNIONS)
    for key in keys:
        spend()
        written: Any = next((s for b in options if (s := member(b, key)) is not None), {})
        below = resolve(written, root)
        yield Spot(value, key, depth, written, below, root, parent, in_union)
        yield from _inside(value[key], written, root, depth + 1)


def member(schema: JsonObject, key: Any) -> Any:
    """The subschema of an object's property or an array's item; None when not declared."""
    if isinstance(key, int):
        tuple_items = schema.get("prefixItems")
        if isinstance(tuple_items, list) and key < len(tuple_items):
            return tuple_items[key]
        items = schema.get("items")
        if isinstance(items, list):
            return items[key] if key < len(items) else None
        return items
    properties = schema.get("properties")
    if isinstance(properties, dict) and key in properties:
        return properties[key]
    extra = schema.get("additionalProperties")
    return extra if isinstance(extra, dict) else None


def _fits(schema: JsonObject, value: Any, root: JsonObject) -> bool:
    """Whether a union branch can be the one that the value follows (type and constants only)."""
    word = schema.get("type")
    names = word if isinstance(word, list) else [word] if isinstance(word, str) else []
    if names and kind_of(value) not in names:
        return False
    properties = schema.get("properties")
    if not isinstance(value, dict) or not isinstance(properties, dict):
        return True
    for key, item in value.items():
        below = resolve(properties.get(key, {}), root)
        if "const" in below and below["const"] != item:
            return False
        if "enum" in below and isinstance(item, str) and item not in below["enum"]:
            return False
    return True


_EXAMPLES: dict[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "null": None,
}
_FORMATS = {
    "date": "2024-05-17",
    "date-time": "2024-05-17T10:30:00Z",
    "time": "10:30:00Z",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "email": "ada@example.org",
    "uri": "https://example.org/",
}


def example(schema: Any, root: JsonObject, depth: int = 0) -> Any:
    """A simple value that fits the schema, required properties only.

    Patterns, multipleOf and such are not looked at: this serves prompts that name no values.
    """
    spend()
    schema = resolve(schema, root)
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    for word in ("enum", "examples"):
        if isinstance(schema.get(word), list) and schema[word]:
            return schema[word][0]
    if depth > _MOST_REFS:
        return None
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), list) and schema[word]:
            return example(schema[word][0], root, depth + 1)
    names = types(schema, root)
    if "object" in names or "properties" in schema:
        return _example_object(schema, root, depth)
    if "array" in names:
        count = max(_count(schema, "minItems") or 0, len(schema.get("prefixItems", ())))
        return [example(member(schema, n) or {}, root, depth + 1) for n in range(count)]
    if "string" in names:
        text = _FORMATS.get(schema.get("format", ""), "text")
        least = _count(schema, "minLength") or 0
        spend(least)
        return text.ljust(least, "x")[: _count(schema, "maxLength")]
    if names & {"integer", "number"}:
        low, high = schema.get("minimum"), schema.get("maximum")
        return low if low is not None else high if high is not None else 1
    return _EXAMPLES.get(next(iter(names), "string"), "text")


def _count(schema: JsonObject, word: str) -> int | None:
    """A number of things; schemas may write it as ``2.0``."""
    count = schema.get(word)
    return int(count) if isinstance(count, int | float) and 0 <= count < float("inf") else None


def _example_object(schema: JsonObject, root: JsonObject, depth: int) -> JsonObject:
    value: JsonObject = {}
    for branch in branches(schema, root):
        properties = branch.get("properties", {})
        for key in branch.get("required", ()):
            value.setdefault(key, example(properties.get(key, {}), root, depth + 1))
    return value
