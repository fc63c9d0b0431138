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


def changes(given: JsonObject, arrived: JsonObject, where: str) -> Iterator[Difference]:
    """Yield what is different in a tool's schema; nothing when both mean the same.

    References may have been resolved in place; where one leads nowhere now, that is said.
    """
    if same(given, arrived):
        return
    yield from dangling(arrived, where)
    left, right = _resolved(given, given), _resolved(arrived, arrived)
    yield from _node(_as_object(left), _as_object(right), where)


def _as_object(schema: Json) -> Json:
    """Arguments are objects in any case, so a schema may say so or not."""
    if not isinstance(schema, dict):
        return schema
    plain = {"type": "object", "properties": {}, **schema}
    return {k: v for k, v in plain.items() if not (k == "required" and v == [])}


def _node(given: Json, arrived: Json, where: str) -> Iterator[Difference]:
    if same(given, arrived):
        return
    if isinstance(given, dict) and isinstance(arrived, dict):
        for key in given:
            yield from _member(key, given, arrived, where)
        for key in sorted(arrived.keys() - given.keys()):
            if key == "additionalProperties" and arrived[key] is True:
                continue
            severity: Severity = "info" if key in _SAYS_NOTHING else "error"
            yield Difference(
                "relay-schema-added", f"{where}/{key}", None, arrived[key],
                "was not there", severity, _keyword(where, key),
            )  # fmt: skip
    elif isinstance(given, list) and isinstance(arrived, list) and len(given) == len(arrived):
        for n, (one, other) in enumerate(zip(given, arrived, strict=True)):
            yield from _node(one, other, f"{where}/{n}")
    elif not _equal_lists(given, arrived, where):
        kind = _keyword(where, "")
        yield Difference("relay-schema-changed", where, given, arrived, "is another", "error", kind)


def _member(key: str, given: JsonObject, arrived: JsonObject, where: str) -> Iterator[Difference]:
    if key in arrived:
        yield from _node(given[key], arrived[key], f"{where}/{key}")
        return
    if key == "additionalProperties" and given[key] is True:
        return
    harmless = key in _SAYS_NOTHING or (key == "description" and not _in_map(where))
    yield Difference(
        "relay-schema-dropped", f"{where}/{key}", given[key], None,
        "is gone", "warn" if harmless else "error", _keyword(where, key),
    )  # fmt: skip


def _equal_lists(given: Json, arrived: Json, where: str) -> bool:
    """Whether two lists whose order says nothing hold the same."""
    unordered = where.rsplit("/", 1)[-1] in ("required", "type")
    if not (unordered and isinstance(given, list) and isinstance(arrived, list)):
        return False
    return sorted(map(repr, given)) == sorted(map(repr, arrived))


def _in_map(where: str) -> bool:
    return where.rsplit("/", 1)[-1] in ("properties", "patternProperties", "$defs", "definitions")


def _keyword(where: str, key: str) -> str:
    """Return the keyword that a place is about: a property's name is none."""
    steps = [step for step in f"{where}/{key}".split("/") if step]
    for n in range(len(steps) - 1, 0, -1):
        if _in_map("/".join(steps[:n])):
            return "a property" if n == len(steps) - 1 else steps[-1]
        if not steps[n].isdigit():
            return steps[n]
    return key


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


def _resolved(node: Json, root: JsonObject, seen: frozenset[str] = frozenset()) -> Json:
    """Return the schema with its local references in place, each once on the way down."""
    if isinstance(node, list):
        return [_resolved(item, root, seen) for item in node]
    if not isinstance(node, dict):
        return node
    ref = node.get("$ref")
    if isinstance(ref, str) and ref not in seen:
        target = resolve_ref(root, ref)
        if isinstance(target, dict):
            rest = {key: item for key, item in node.items() if key != "$ref"}
            return _resolved({**target, **rest}, root, seen | {ref})
    kept = {k: v for k, v in node.items() if node is not root or k not in _DEFINITIONS}
    return {key: _resolved(item, root, seen) for key, item in kept.items()}


_DEFINITIONS = ("$defs", "definitions")
