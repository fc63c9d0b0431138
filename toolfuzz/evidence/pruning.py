"""Taking parts out of a schema, and out of a value what the schema no longer declares."""

from collections.abc import Iterator
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import escape, resolve_ref
from toolfuzz.judge.shapes import Place

__all__ = ["BAGS", "Path", "dangling", "prune_schema", "prune_value", "schema_paths"]

Path = tuple[str | int, ...]

BAGS = ("properties", "patternProperties", "$defs", "definitions")
"""Keywords whose members are named by the schema's author."""

# Schema keywords that are structure, not content: they go with what they hold, never alone.
_STRUCTURE = frozenset(
    {"type", "properties", "required", "$ref", "$defs", "definitions", "$schema", "items"}
)
_BRANCHES = ("anyOf", "oneOf", "allOf")


def schema_paths(schema: Json, path: Path = ()) -> Iterator[Path]:
    """Every member, branch and keyword that a schema could do without."""
    if not isinstance(schema, dict):
        return
    for keyword, content in schema.items():
        here = (*path, keyword)
        if keyword in BAGS and isinstance(content, dict):
            for name, inner in content.items():
                if keyword in ("properties", "patternProperties"):
                    yield (*here, name)
                yield from schema_paths(inner, (*here, name))
        elif keyword in _BRANCHES and isinstance(content, list):
            for n, branch in enumerate(content):
                if len(content) > 1:
                    yield (*here, n)
                yield from schema_paths(branch, (*here, n))
        elif keyword not in _STRUCTURE:
            yield here
            yield from schema_paths(content, here)
        elif keyword == "items":
            yield from schema_paths(content, here)


def prune_schema(schema: JsonObject, paths: set[Path]) -> JsonObject:
    """Return the schema without what stands at these paths, and without definitions left unused."""
    pruned: JsonObject = _cut(schema, (), paths)
    return _without_unused_definitions(pruned)


def _cut(node: Json, path: Path, paths: set[Path]) -> Any:
    if isinstance(node, list):
        return [
            _cut(item, (*path, n), paths) for n, item in enumerate(node) if (*path, n) not in paths
        ]
    if not isinstance(node, dict):
        return node
    cut = {k: _cut(v, (*path, k), paths) for k, v in node.items() if (*path, k) not in paths}
    # Branches go one at a time, and a union of none is no schema.
    cut = {k: v for k, v in cut.items() if v != [] or k not in _BRANCHES or node[k] == []}
    declared, required = cut.get("properties"), cut.get("required")
    if isinstance(node.get("properties"), dict) and isinstance(required, list):
        gone = node["properties"].keys() - (declared or {}).keys()
        kept = [name for name in required if name not in gone]
        cut["required"] = kept
        if not kept and required:
            del cut["required"]
    return cut


def _without_unused_definitions(schema: JsonObject) -> JsonObject:
    for bag in ("$defs", "definitions"):
        while isinstance(schema.get(bag), dict):
            used = set(_references({k: v for k, v in schema.items() if k != bag}))
            frontier = list(used)
            while frontier:
                name = frontier.pop()
                inner = schema[bag].get(name.rsplit("/", 1)[-1])
                for reference in set(_references(inner)) - used:
                    used.add(reference)
                    frontier.append(reference)
            kept = {k: v for k, v in schema[bag].items() if f"#/{bag}/{escape(k)}" in used}
            unchanged = len(kept) == len(schema[bag])
            schema = {k: (kept if k == bag else v) for k, v in schema.items() if k != bag or kept}
            if unchanged or not kept:
                break
    return schema


def dangling(schema: JsonObject) -> set[str]:
    """Return the references of a schema to places that it doesn't have."""
    local = {r for r in _references(schema) if r.startswith("#/")}
    return {r for r in local if resolve_ref(schema, r) is None}


def _references(node: Json) -> Iterator[str]:
    left = [node]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                yield reference
            left += node.values()
        elif isinstance(node, list):
            left += node


def prune_value(
    value: Json, place: Place, path: Path, cut_values: set[Path], cut_schemas: set[str]
) -> Any:
    """Drop the cut items and every member that no schema declares any more."""
    if isinstance(value, list):
        return [
            prune_value(item, place.child(n, item), (*path, n), cut_values, cut_schemas)
            for n, item in enumerate(value)
            if (*path, n) not in cut_values
        ]
    if not isinstance(value, dict):
        return value
    return {
        key: prune_value(item, place.child(key, item), (*path, key), cut_values, cut_schemas)
        for key, item in value.items()
        if (*path, key) not in cut_values and not _undeclared(place, key, cut_schemas)
    }


def _undeclared(place: Place, key: str, cut_schemas: set[str]) -> bool:
    declared = [
        f"{part.pointer}/properties/{escape(key)}"
        for part in place.parts
        if isinstance(part.schema.get("properties"), dict) and key in part.schema["properties"]
    ]
    return bool(declared) and all(_is_cut(pointer, cut_schemas) for pointer in declared)


def _is_cut(pointer: str, cut_schemas: set[str]) -> bool:
    while pointer and pointer not in cut_schemas:
        pointer = pointer.rpartition("/")[0]
    return bool(pointer)
