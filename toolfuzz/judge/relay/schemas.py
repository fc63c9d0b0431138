"""How a schema differs from what it was: keyword by keyword, where that changes its meaning."""

from collections.abc import Callable, Iterator

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import resolve_ref, same
from toolfuzz.core.verdict import Severity
from toolfuzz.judge.relay.difference import Difference
from toolfuzz.judge.relay.spelling import spelled

__all__ = ["Words", "changes", "dangling"]

Words = Callable[[str, Json], bool] | None
"""Whether a format can say a keyword with that value; None for all of JSON Schema."""

_NO_WORD = "no word for it"
_DEMANDED = ("type", "items")
"""Without these, "anything" is meant, which not every format can say."""

_SAYS_NOTHING = frozenset(
    {"$schema", "$id", "$comment", "title", "examples", "default", "readOnly"}
)
"""Keywords without which a schema allows the same; losing one is worth a note at most."""
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
        yield from _Walk(given, arrived, words).node(_as_object(given), _as_object(arrived), where)


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
    plain = {"type": "object", **schema}
    return {key: item for key, item in plain.items() if key not in _DEFINITIONS}


class _Walk:
    """Two schemas side by side; each pair of nodes is looked at once, so they may recurse.

    ``words`` are the only keywords that the other format has, None for all.
    """

    def __init__(self, given: JsonObject, arrived: JsonObject, words: Words) -> None:
        self._roots = given, arrived
        self._words = words
        self._seen: set[tuple[int, int]] = set()
        self._plain: dict[int, tuple[JsonObject, Json]] = {}

    def node(self, given: Json, arrived: Json, where: str) -> Iterator[Difference]:
        if not _is_map(where):
            given, arrived = self._spelled(given, 0), self._spelled(arrived, 1)
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
        in_map = _is_map(where)
        for key, value in given.items():
            place = f"{where}/{key}"
            if key in arrived:
                yield from self.node(value, arrived[key], place)
            elif not in_map and self._words and not self._words(key, value):
                yield Difference(
                    "relay-schema-dropped", place, value, None, "is gone: no word for it there",
                    "warn", _NO_WORD,
                )  # fmt: skip
            else:
                plain = key in _SAYS_NOTHING or key == "description"
                grave: Severity = "warn" if plain and not in_map else "error"
                yield Difference(
                    "relay-schema-dropped", place, value, None, "is gone", grave, _keyword(place)
                )
        for key in sorted(arrived.keys() - given.keys()):
            added: Severity = "info" if key in _SAYS_NOTHING and not in_map else "error"
            place = f"{where}/{key}"
            if self._words and key in _DEMANDED and not in_map:
                yield Difference(
                    "relay-schema-added", place, None, arrived[key],
                    "was not there: no word for anything there", "warn", _NO_WORD,
                )  # fmt: skip
                continue
            yield Difference(
                "relay-schema-added", place, None, arrived[key], "was not there", added,
                _keyword(place),
            )  # fmt: skip

    def _spelled(self, node: Json, side: int) -> Json:
        """Return a node in its plainest spelling, with its references followed."""
        if not isinstance(node, dict):
            return node
        if id(node) not in self._plain:
            self._plain[id(node)] = node, self._followed(node, side)
        return self._plain[id(node)][1]

    def _followed(self, node: JsonObject, side: int) -> Json:
        plain = spelled(node)
        for _ in range(_MOST_REFS):
            target = resolve_ref(self._roots[side], plain.get("$ref"))
            if not isinstance(target, dict):
                break
            rest = {key: item for key, item in plain.items() if key != "$ref"}
            plain = spelled({**target, **rest})
        return plain


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
