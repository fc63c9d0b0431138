"""A tool on one line, as a programmer would declare it: ``save(id: integer, tags?: string[])``."""

import json
from collections.abc import Iterable

from toolfuzz.core.case import Json, JsonObject, Tool
from toolfuzz.core.jsonvalue import resolve_ref

__all__ = ["signature"]

_DEPTH = 3
_MOST_VALUES = 4
_MOST_PARAMETERS = 12


def signature(tool: Tool) -> str:
    """Return name and parameters with their types; ``?`` marks those that may be left out."""
    if not tool.declared:
        return f"{tool.name}(…)"
    if tool.takes_text:
        return f"{tool.name}(text)"
    schema = tool.parameters
    known, required = schema.get("properties"), schema.get("required")
    properties: JsonObject = known if isinstance(known, dict) else {}
    needed = required if isinstance(required, list) else []
    parameters = [
        f"{name}{'' if name in needed else '?'}: {_type(inner, schema, _DEPTH)}"
        for name, inner in properties.items()
    ]
    left = len(parameters) - _MOST_PARAMETERS
    shown = parameters[:_MOST_PARAMETERS] + ([f"… {left} more"] if left > 0 else [])
    return f"{tool.name}({', '.join(shown)})"


def _type(schema: Json, root: JsonObject, depth: int) -> str:
    if not isinstance(schema, dict):
        return "nothing" if schema is False else "any"
    if isinstance(reference := schema.get("$ref"), str):
        place = resolve_ref(root, reference) if depth else None
        return _type(place, root, depth - 1) if place else reference.rsplit("/", 1)[-1]
    if "const" in schema:
        return _values([schema["const"]])
    if isinstance(values := schema.get("enum"), list):
        return _values(values)
    for keyword in ("anyOf", "oneOf"):
        if isinstance(branches := schema.get(keyword), list) and depth:
            return _either(_type(branch, root, depth - 1) for branch in branches)
    kind = schema.get("type", "object" if "properties" in schema else "any")
    if isinstance(kind, list):
        return _either(_type({**schema, "type": one}, root, depth) for one in kind)
    if kind == "array":
        inner = _type(schema.get("items", {}), root, depth - 1) if depth else "any"
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    return str(kind)


def _either(types: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(types))


def _values(values: list[Json]) -> str:
    shown = [json.dumps(value, ensure_ascii=False) for value in values[:_MOST_VALUES]]
    return " | ".join([*shown, "…"] if len(values) > _MOST_VALUES else shown)
