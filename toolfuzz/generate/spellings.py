"""Other spellings of a schema that allow the same values."""

from collections.abc import Callable
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import resolve_ref
from toolfuzz.generate.spot import nodes

__all__ = [
    "everywhere",
    "inlined",
    "null_by_any_of",
    "null_by_type_list",
    "pointed",
    "undescribed",
]

_NOTES = frozenset(("title", "description", "default", "examples", "deprecated"))
_MAPS = frozenset(("properties", "$defs", "definitions", "patternProperties", "dependentSchemas"))
_DATA = frozenset(("enum", "const", "default", "examples", "required", "dependentRequired"))


def inlined(schema: JsonObject) -> JsonObject:
    """Replace local references by what they point to; recursive and dangling ones stay."""
    done: JsonObject = _inline(schema, schema)
    if _references(done):
        return {**done, **{key: schema[key] for key in ("$defs", "definitions") if key in schema}}
    return done


def null_by_type_list(schema: JsonObject) -> JsonObject:
    """Spell ``anyOf: [X, null]`` as ``type: [x, "null"]`` where X has one plain type."""
    return dict(everywhere(schema, _as_type_list))


def null_by_any_of(schema: JsonObject) -> JsonObject:
    """Spell ``type: [x, "null"]`` as ``anyOf: [X, null]``."""
    return dict(everywhere(schema, _as_any_of))


def undescribed(schema: JsonObject) -> JsonObject:
    """Leave out every ``description`` and ``title`` that is a note, not a property."""
    return dict(everywhere(schema, _without_text))


def everywhere(schema: Json, change: Callable[[JsonObject], JsonObject]) -> Any:
    """Apply the change to every schema node, from the leaves up; data in it stays as it is."""
    if isinstance(schema, list):
        return [everywhere(item, change) for item in schema]
    if not isinstance(schema, dict):
        return schema
    done: JsonObject = {}
    for key, held in schema.items():
        if key in _DATA:
            done[key] = held
        elif key in _MAPS and isinstance(held, dict):
            done[key] = {name: everywhere(node, change) for name, node in held.items()}
        else:
            done[key] = everywhere(held, change) if isinstance(held, dict | list) else held
    return change(done)


def _without_text(node: JsonObject) -> JsonObject:
    return {key: held for key, held in node.items() if key not in ("description", "title")}


def _as_type_list(node: JsonObject) -> JsonObject:
    branches = node.get("anyOf")
    if not isinstance(branches, list) or len(branches) != 2 or {"type": "null"} not in branches:
        return node
    other = next((b for b in branches if b != {"type": "null"}), None)
    beside = {key: held for key, held in node.items() if key != "anyOf"}
    if not isinstance(other, dict) or not isinstance(other.get("type"), str) or "const" in other:
        return node
    if set(beside) - _NOTES:
        return node
    done = {**other, **beside, "type": [other["type"], "null"]}
    if "enum" in other:
        done["enum"] = [*other["enum"], None]
    return done


def _as_any_of(node: JsonObject) -> JsonObject:
    types = node.get("type")
    if not isinstance(types, list) or len(types) != 2 or "null" not in types or "const" in node:
        return node
    (kind,) = [t for t in types if t != "null"] or ["null"]
    notes = {key: held for key, held in node.items() if key in _NOTES}
    other = {key: held for key, held in node.items() if key not in _NOTES} | {"type": kind}
    if "enum" in node:
        if None not in node["enum"]:
            return node
        other["enum"] = [option for option in node["enum"] if option is not None]
    return {"anyOf": [other, {"type": "null"}], **notes}


def _inline(schema: Json, root: JsonObject) -> Any:
    if isinstance(schema, list):
        return [_inline(item, root) for item in schema]
    if not isinstance(schema, dict):
        return schema
    target = _target(schema["$ref"], root) if "$ref" in schema else None
    done: JsonObject = {}
    for key, held in schema.items():
        if key in _DATA:
            done[key] = held
        elif key in _MAPS and isinstance(held, dict):
            if key not in ("$defs", "definitions"):
                done[key] = {name: _inline(node, root) for name, node in held.items()}
        elif key != "$ref" or target is None:
            done[key] = _inline(held, root)
    return done if target is None else _joined(_inline(target, root), done)


def _joined(target: JsonObject, beside: JsonObject) -> JsonObject:
    """Put what was referenced and what stood beside the reference into one schema."""
    if (target.keys() & beside.keys()) - _NOTES:
        return {**beside, "allOf": [target, *beside.get("allOf", ())]}
    return {**target, **beside}


def _target(ref: Any, root: JsonObject) -> JsonObject | None:
    """Return what a local reference points to; None for one that can't be inlined."""
    found = pointed(ref, root)
    seen: set[str] = set()
    left = _references(found)
    while left:
        other = left.pop()
        if other == ref:
            return None
        if other not in seen:
            seen.add(other)
            left += _references(pointed(other, root))
    return found


def pointed(ref: Any, root: JsonObject) -> JsonObject | None:
    """Return the schema that a local reference points to, None when there is none."""
    found = resolve_ref(root, ref)
    return found if isinstance(found, dict) else None


def _references(schema: Json) -> list[str]:
    """Return every reference below; a property that is called ``$ref`` isn't one."""
    refs = (node.get("$ref") for node, _ in nodes(schema))
    return [ref for ref in refs if isinstance(ref, str)]
