"""How a schema differs from what it was: keyword by keyword, where that changes its meaning."""

from collections.abc import Iterator

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import resolve_ref, same
from toolfuzz.core.verdict import Severity
from toolfuzz.judge.relay.difference import Difference

__all__ = ["changes", "dangling"]

_SAYS_NOTHING = frozenset(
    {"$schema", "$id", "$comment", "title", "examples", "default", "readOnly"}
)
"""Keywords without which a schema allows the same; losing one is worth a note at most."""
_DEFINITIONS = ("$defs", "definitions")
_MAPS = ("properties", "patternProperties", *_DEFINITIONS)
_UNORDERED = ("required", "type", "enum")


def changes(given: JsonObject, arrived: JsonObject, where: str) -> Iterator[Difference]:
    """Yield what is different in a tool's schema; nothing when both mean the same.

    References may have been resolved in place; where one leads nowhere now, that is said.
    """
    if same(given, arrived):
        return
    lost = list(dangling(arrived, where))
    yield from lost
    if not lost:  # else the rest follows from that
        yield from _Walk(given, arrived).node(_as_object(given), _as_object(arrived), where)


def dangling(schema: JsonObject, where: str) -> Iterator[Difference]:
    """Yield the references of a schema that lead nowhere in it."""
    yield from _dangling(schema, schema, where)


def _dangling(node: Json, root: JsonObject, where: str) -> Iterator[Difference]:
    if isinstance(node, list):
        for n, item in enumerate(node):
            yield from _dangling(item, root, f"{where}/{n}")
    elif isinstance(node, dict):
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith("#") and resolve_ref(root, ref) is None:
            yield Difference(
                "relay-ref-dangling", f"{where}/$ref", None, ref, "leads nowhere", kind="$ref"
            )
        for key, item in node.items():
            yield from _dangling(item, root, f"{where}/{key}")


def _as_object(schema: JsonObject) -> JsonObject:
    """Arguments are objects in any case, so a schema may say so or not; what is only referred to is
    looked at where it is."""
    plain = {"type": "object", "properties": {}, **schema}
    empty = [key for key in ("required",) if plain.get(key) == []]
    return {k: v for k, v in plain.items() if k not in (*_DEFINITIONS, *empty)}


class _Walk:
    """Two schemas side by side; each pair of nodes is looked at once, so they may recurse."""

    def __init__(self, given: JsonObject, arrived: JsonObject) -> None:
        self._roots = given, arrived
        self._seen: set[tuple[int, int]] = set()
        self._merged: dict[int, JsonObject] = {}

    def node(self, given: Json, arrived: Json, where: str) -> Iterator[Difference]:
        given, arrived = self._there(given, 0), self._there(arrived, 1)
        if isinstance(given, dict) and isinstance(arrived, dict):
            pair = id(given), id(arrived)
            if pair not in self._seen:
                self._seen.add(pair)
                yield from self._members(given, arrived, where)
        elif _lists_differ(given, arrived, where):
            yield Difference(
                "relay-schema-changed", where, given, arrived, "is another", "error",
                _keyword(where),
            )  # fmt: skip
        elif isinstance(given, list):
            for n, (one, other) in enumerate(zip(given, arrived, strict=True)):
                if not _unordered(where):
                    yield from self.node(one, other, f"{where}/{n}")

    def _members(self, given: JsonObject, arrived: JsonObject, where: str) -> Iterator[Difference]:
        for key, value in given.items():
            place = f"{where}/{key}"
            if key in arrived:
                yield from self.node(value, arrived[key], place)
            elif not (key == "additionalProperties" and value is True):
                plain = key in _SAYS_NOTHING or key == "description"
                grave: Severity = "warn" if plain and not _is_map(where) else "error"
                yield Difference(
                    "relay-schema-dropped", place, value, None, "is gone", grave, _keyword(place)
                )
        for key in sorted(arrived.keys() - given.keys()):
            if key == "additionalProperties" and arrived[key] is True:
                continue
            added: Severity = "info" if key in _SAYS_NOTHING and not _is_map(where) else "error"
            place = f"{where}/{key}"
            yield Difference(
                "relay-schema-added", place, None, arrived[key], "was not there", added,
                _keyword(place),
            )  # fmt: skip

    def _there(self, node: Json, side: int) -> Json:
        """Return a node with its reference followed, beside which others may stand."""
        for _ in range(16):
            ref = node.get("$ref") if isinstance(node, dict) else None
            target = resolve_ref(self._roots[side], ref)
            if not isinstance(target, dict):
                return node
            if len(node) == 1:
                node = target
            else:
                if id(node) not in self._merged:
                    rest = {key: item for key, item in node.items() if key != "$ref"}
                    self._merged[id(node)] = {**target, **rest}
                node = self._merged[id(node)]
        return node


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
