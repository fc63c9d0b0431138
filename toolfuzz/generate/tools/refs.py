"""References of an OpenAPI description, carried over into the ``$defs`` of a single tool."""

import re
from dataclasses import dataclass

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import resolve_ref
from toolfuzz.generate.tools.shapes import ShapeError

__all__ = ["MOST_OF_SOURCE", "Refs", "Written"]

_MOST_HOPS = 20
_MOST_PARTS = 50_000
MOST_OF_SOURCE = 500_000
"""Parts of all tools of a description together: each has its own copy of what it refers to."""


@dataclass(slots=True)
class Written:
    """How many parts the tools of a source have so far."""

    parts: int = 0


class Refs:
    """Rewrites schemas of one tool; what they refer to gathers for its ``definitions``.

    Raises ShapeError for a reference to nothing and for a tool of too many parts.
    """

    def __init__(
        self, document: JsonObject, *, inline: bool = False, written: Written | None = None
    ) -> None:
        self.document = document
        self._written = written or Written()
        self._definitions: JsonObject = {}
        self._waiting: list[tuple[str, str]] = []
        self._inline = inline
        self._converts = str(document.get("openapi", "")).startswith("3.0")
        self._names: dict[str, str] = {}
        self._parts = 0

    def definitions(self) -> JsonObject:
        """Return the definitions of all that was referred to so far, theirs included."""
        while self._waiting:
            name, reference = self._waiting.pop()
            self._definitions[name] = self.schema(self._target(reference))
        return self._definitions

    def _target(self, reference: str) -> Json:
        target = resolve_ref(self.document, reference)
        if target is None:
            raise ShapeError("", f"$ref {reference[:100]!r} points nowhere")
        return target

    def resolved(self, entry: Json) -> JsonObject:
        """Follow ``$ref`` from an object that is not itself kept (a parameter, a body)."""
        for _ in range(_MOST_HOPS):
            if not (isinstance(entry, dict) and isinstance(entry.get("$ref"), str)):
                break
            entry = resolve_ref(self.document, entry["$ref"])
        return entry if isinstance(entry, dict) else {}

    def schema(self, schema: Json, inside: frozenset[str] = frozenset()) -> Json:
        """Return the schema as JSON Schema whose references stay within the tool."""
        self._parts += 1
        self._written.parts += 1
        if self._written.parts > MOST_OF_SOURCE:
            told = f"the tools before it have more than {MOST_OF_SOURCE:,} parts already"
            raise ShapeError("", f"{told}; split the source")
        if self._parts > _MOST_PARTS:
            more = "; keep its references" if self._inline else ""
            raise ShapeError("", f"too large to draw from: more than {_MOST_PARTS:,} parts{more}")
        if isinstance(schema, list):
            return [self.schema(item, inside) for item in schema]
        if not isinstance(schema, dict):
            return schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            return self._reference(schema, reference, inside)
        converted = _to_json_schema(schema) if self._converts else schema
        return {key: self.schema(item, inside) for key, item in converted.items()}

    def _reference(self, schema: JsonObject, reference: str, inside: frozenset[str]) -> Json:
        beside = {key: item for key, item in schema.items() if key != "$ref"}
        if self._inline and reference not in inside and not self._is_recursive(reference):
            target = self.schema(self._target(reference), inside | {reference})
            return {**target, **beside} if isinstance(target, dict) else target
        return {"$ref": f"#/$defs/{self._defined(reference)}", **beside}

    def _defined(self, reference: str) -> str:
        name = self._names.get(reference)
        if name is None:
            base = re.sub(r"[^A-Za-z0-9._-]", "_", reference.rsplit("/", 1)[-1]) or "schema"
            name, n = base, 2
            while name in self._definitions:
                name, n = f"{base}_{n}", n + 1
            self._names[reference] = name
            self._definitions[name] = {}  # taken before its own references are followed
            self._waiting.append((name, reference))
        return name

    def _is_recursive(self, reference: str) -> bool:
        seen: set[str] = set()
        stack = _references(resolve_ref(self.document, reference))
        while stack:
            found = stack.pop()
            if found == reference:
                return True
            if found not in seen:
                seen.add(found)
                stack += _references(resolve_ref(self.document, found))
        return False


def _references(schema: Json) -> list[str]:
    found: list[str] = []
    stack = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                found.append(node["$ref"])
            stack += node.values()
        elif isinstance(node, list):
            stack += node
    return found


def _to_json_schema(schema: JsonObject) -> JsonObject:
    """Rewrite what OpenAPI 3.0 spells in its own way: nullable, and bounds as flags."""
    changed = dict(schema)
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        changed["type"] = [schema["type"], "null"]
        del changed["nullable"]
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(flag), bool):
            del changed[flag]
            if schema[flag] and bound in schema:
                changed[flag] = changed.pop(bound)
    return changed
