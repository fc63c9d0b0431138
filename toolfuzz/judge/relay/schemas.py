"""How a schema differs from what it was: keyword by keyword, where that changes its meaning."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import kind_of, resolve_ref, same
from toolfuzz.core.verdict import Severity
from toolfuzz.judge.relay.difference import Difference
from toolfuzz.judge.relay.references import dangling
from toolfuzz.judge.relay.spelling import NOTES, UNIONS, spelled

__all__ = ["Words", "changes"]

Words = Callable[[str, Json], bool] | None
"""Whether a format can say a keyword with that value; None for all of JSON Schema."""

_NO_WORD = "no word for it"
_DEFINITIONS = ("$defs", "definitions")
_MAPS = ("properties", "patternProperties", *_DEFINITIONS)
_UNORDERED = ("required", "type", "enum")
_MOST_REFS = 16


def changes(
    given: JsonObject, arrived: JsonObject, where: str, words: Words = None
) -> Iterator[Difference]:
    """Yield what is different in a tool's schema; nothing when both mean the same.

    References may have been resolved in place; where one leads nowhere now, that is said. What is
    gone because the format that arrived has no word for it (``words``) is a warning.
    """
    if same(given, arrived):
        return
    lost = list(dangling(arrived, where))
    yield from lost
    if not lost:  # else the rest follows from that
        walk = _Walk(given, arrived, words, where)
        yield from walk.node(_as_object(given), _as_object(arrived), where)


def _as_object(schema: JsonObject) -> JsonObject:
    """Arguments are objects in any case, so a schema may say so or not; what is only referred to is
    looked at where it is."""
    plain = {"type": "object", **schema}
    return {key: item for key, item in plain.items() if key not in _DEFINITIONS}


class _Walk:
    """Two schemas side by side; each pair of nodes is looked at once, so they may recurse.

    ``words`` are the only keywords that the other format has, None for all.
    """

    def __init__(self, given: JsonObject, arrived: JsonObject, words: Words, top: str) -> None:
        self._roots = given, arrived
        self._words = words
        self._top = top
        self._seen: set[tuple[int, int]] = set()
        self._open: list[int] = []
        self._plain: dict[int, tuple[JsonObject, _Node]] = {}

    def node(self, given: Json, arrived: Json, where: str) -> Iterator[Difference]:
        """Compare what stands at a place: a schema, a map of them, or a value."""
        if isinstance(given, dict) and isinstance(arrived, dict):
            pair = id(given), id(arrived)
            if pair not in self._seen:
                self._seen.add(pair)
                if _is_map(where):
                    yield from self._map(given, arrived, where)
                else:
                    yield from self._schema(given, arrived, where)
        elif _lists_differ(given, arrived, where):
            yield Difference(
                "relay-schema-changed", where, given, arrived, "is another", "error",
                _keyword(where),
            )  # fmt: skip
        elif isinstance(given, list):
            for n, (one, other) in enumerate(zip(given, arrived, strict=True)):
                if not _unordered(where):
                    yield from self.node(one, other, f"{where}/{n}")

    def _map(self, given: JsonObject, arrived: JsonObject, where: str) -> Iterator[Difference]:
        for name, schema in given.items():
            if name in arrived:
                one, other = _without_booleans(schema), _without_booleans(arrived[name])
                yield from self.node(one, other, f"{where}/{name}")
            else:
                yield Difference(
                    "relay-schema-dropped", f"{where}/{name}", schema, None, "is gone",
                    kind="a property",
                )  # fmt: skip
        for name in sorted(arrived.keys() - given.keys()):
            yield Difference(
                "relay-schema-added", f"{where}/{name}", None, arrived[name], "was not there",
                kind="a property",
            )  # fmt: skip

    def _schema(self, sent: JsonObject, came: JsonObject, where: str) -> Iterator[Difference]:
        given, arrived = self._spelled(sent, 0), self._spelled(came, 1)
        one, other = given.schema, arrived.schema
        if self._words and "oneOf" in one and "anyOf" in other and "anyOf" not in one:
            one = {("anyOf" if key == "oneOf" else key): item for key, item in one.items()}
        recursive = given.target in self._open
        if given.way and _is_all_gone(one, other):
            narrow = recursive and self._words
            yield Difference(
                "relay-schema-dropped", f"{where}/{given.way}", one, other,
                "all that it says is gone", "warn" if narrow else "error",
                _NO_WORD if narrow else given.way,
            )  # fmt: skip
            return
        one = _without_lost(one, other)
        self._open.append(given.target)
        for key, value in one.items():
            place = f"{where}/{key}"
            if key in other or (key == "items" and isinstance(value, dict)):
                yield from self.node(value, other.get(key, {}), place)
            else:
                yield self._gone(key, value, place, beside=key in given.beside)
        flattened = self._said_by(
            one[union] for union in UNIONS if union in one.keys() - other.keys()
        )
        for key in sorted(other.keys() - one.keys() - flattened):
            if key == "items":
                yield from self.node({}, other[key], f"{where}/items")
            else:
                yield _added(key, other[key], one, f"{where}/{key}")
        self._open.pop()

    def _said_by(self, unions: Iterable[Json]) -> set[str]:
        """Return the keywords of all variants: some stand alone where a union was taken apart."""
        variants = [one for union in unions if isinstance(union, list) for one in union]
        found = [self._spelled(one, 0).schema for one in variants if isinstance(one, dict)]
        return {key for schema in found for key in schema} | ({"type"} if found else set())

    def _gone(self, key: str, value: Json, place: str, *, beside: bool) -> Difference:
        severity: Severity = "warn" if key in NOTES else "error"
        kind, message = _keyword(place), "is gone"
        if beside:
            kind = "beside $ref"
        elif self._has_no_word(key, value, place):
            severity, kind, message = "warn", _NO_WORD, "is gone: no word for it there"
        return Difference("relay-schema-dropped", place, value, None, message, severity, kind)

    def _has_no_word(self, key: str, value: Json, place: str) -> bool:
        """Services that take unions elsewhere refuse them at the top of a tool's schema."""
        if key in UNIONS and place == f"{self._top}/{key}":
            return True
        return self._words is not None and not self._words(key, value)

    def _spelled(self, node: JsonObject, side: int) -> "_Node":
        """Return a node in its plainest spelling, with its references followed."""
        if id(node) not in self._plain:
            self._plain[id(node)] = node, self._followed(node, side)
        return self._plain[id(node)][1]

    def _followed(self, node: JsonObject, side: int) -> "_Node":
        plain = spelled(node)
        way = next((union for union in UNIONS if union in node and union not in plain), "")
        beside: frozenset[str] = frozenset()
        leads_to: Json = node
        for _ in range(_MOST_REFS):
            target = resolve_ref(self._roots[side], plain.get("$ref"))
            if not isinstance(target, dict):
                break
            rest = {key: item for key, item in plain.items() if key != "$ref"}
            way, leads_to, beside = "$ref", target, beside | rest.keys()
            plain = spelled({**target, **rest})
        return _Node(plain, id(leads_to), way, beside)


def _without_booleans(schema: Json) -> Json:
    """Return a schema as an object: all or nothing may be said by ``true`` and ``false``."""
    match schema:
        case True:
            return {}
        case False:
            return {"not": {}}
        case _:
            return schema


def _without_lost(given: JsonObject, arrived: JsonObject) -> JsonObject:
    """Return a schema that requires no property which is lost, where that isn't required later."""
    properties, required = given.get("properties"), given.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list):
        return given
    there, still = arrived.get("properties"), arrived.get("required")
    kept = there.keys() if isinstance(there, dict) else ()
    lost = properties.keys() - kept - set(still if isinstance(still, list) else ())
    left = [name for name in required if name not in lost]
    rest = {key: item for key, item in given.items() if key != "required"}
    return {**rest, "required": left} if left else rest


class _Node(NamedTuple):
    """A schema as it is meant. ``target`` is the identity of the one that says it, ``way`` the
    keyword that led there, ``beside`` what stood beside that."""

    schema: JsonObject
    target: int
    way: str
    beside: frozenset[str]


def _is_all_gone(given: JsonObject, arrived: JsonObject) -> bool:
    """Whether nothing is left of a schema but, at most, which type it has."""
    said, left = given.keys() - NOTES, arrived.keys() - NOTES
    more = said - {"type", "nullable"}
    return bool(said) and (not left or (bool(more) and left <= {"type"}))


def _added(key: str, value: Json, beside: JsonObject, place: str) -> Difference:
    harmless = key in NOTES or (key == "type" and value == _implied(beside))
    severity: Severity = "info" if harmless else "error"
    return Difference(
        "relay-schema-added", place, None, value, "was not there", severity, _keyword(place)
    )


def _implied(schema: JsonObject) -> str | None:
    """Return the only type that a schema without one can mean."""
    if isinstance(schema.get("enum"), list):
        kinds = {kind_of(value) for value in schema["enum"]}
        return kinds.pop() if len(kinds) == 1 else None
    if schema.keys() & {"properties", "required", "additionalProperties"}:
        return "object"
    return "array" if schema.keys() & {"items", "prefixItems"} else None


def _lists_differ(given: Json, arrived: Json, where: str) -> bool:
    if isinstance(given, list) and isinstance(arrived, list) and len(given) == len(arrived):
        return _unordered(where) and sorted(map(repr, given)) != sorted(map(repr, arrived))
    return not same(given, arrived)


def _unordered(where: str) -> bool:
    steps = where.split("/")
    return steps[-1] in _UNORDERED and not _is_map("/".join(steps[:-1]))


def _is_map(where: str) -> bool:
    """Whether the members there are names, not keywords."""
    steps = where.split("/")
    return steps[-1] in _MAPS and not (len(steps) > 1 and _is_map("/".join(steps[:-1])))


def _keyword(where: str) -> str:
    """Return the keyword that a place is about; a name in a map is none."""
    steps = where.split("/")
    while steps and steps[-1].isdigit():
        steps.pop()
    return "a property" if _is_map("/".join(steps[:-1])) else steps[-1]
