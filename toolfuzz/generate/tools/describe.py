"""What a set of tools looks like at a glance: how many, how deep, with which schema features."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Json, Tool
from toolfuzz.core.jsonvalue import resolve_ref

__all__ = ["ToolFacts", "describe"]

_KEYWORDS = {
    "$ref": "ref",
    "enum": "enum",
    "const": "const",
    "anyOf": "anyOf",
    "oneOf": "oneOf",
    "allOf": "allOf",
    "if": "if/then",
    "pattern": "pattern",
    "format": "format",
    "prefixItems": "tuple",
    "patternProperties": "map",
    "dependentRequired": "dependentRequired",
}

_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_VALUES = ("enum", "const", "default", "examples")


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """``depth`` counts nested objects and arrays of parameters (1: none is nested)."""

    tools: int
    depth: int
    features: tuple[str, ...]


def describe(tools: Iterable[Tool]) -> ToolFacts:
    """Describe the tools; features are in order of their name."""
    listed = list(tools)
    features = {feature for tool in listed for feature in _features(tool.parameters)}
    depth = max((_depth(tool.parameters, tool.parameters, ()) for tool in listed), default=0)
    return ToolFacts(len(listed), depth, tuple(sorted(features)))


def _features(root: Json) -> Iterator[str]:
    for node in _schemas(root):
        yield from (feature for keyword, feature in _KEYWORDS.items() if keyword in node)
        named = node.get("type")
        branches = node.get("anyOf", ())
        if (isinstance(named, list) and "null" in named) or {"type": "null"} in branches:
            yield "nullable"
        if named == "object" and node is not root:
            yield "object"
            if isinstance(node.get("additionalProperties"), dict):
                yield "map"
            elif "properties" not in node:
                yield "free-form object"
        if named == "array":
            yield "array"
        if node is root and not node.get("properties"):
            yield "no arguments"


def _schemas(root: Json) -> Iterator[dict[str, Json]]:
    """Yield every subschema; a property named ``pattern`` is none."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack += node
        if not isinstance(node, dict):
            continue
        yield node
        for keyword, below in node.items():
            if keyword in _NAMED and isinstance(below, dict):
                stack += below.values()
            elif keyword not in _VALUES:
                stack.append(below)


def _depth(node: Json, root: Json, trail: tuple[str, ...]) -> int:
    """Return how many objects and arrays stand inside each other; a cycle counts once."""
    if not isinstance(node, dict):
        return 0
    own = int(bool({"properties", "items", "prefixItems", "additionalProperties"} & node.keys()))
    own = own or int(node.get("type") in ("object", "array"))
    below = [*(node.get("properties") or {}).values(), *node.get("prefixItems", ())]
    below += [node.get("items"), node.get("additionalProperties")]
    deepest = own + max((_depth(item, root, trail) for item in below), default=0)
    beside = [item for word in ("anyOf", "oneOf", "allOf") for item in node.get(word, ())]
    reference = node.get("$ref")
    if isinstance(reference, str) and reference not in trail:
        target = resolve_ref(root, reference)
        deepest = max(deepest, _depth(target, root, (*trail, reference)))
    return max(deepest, *(_depth(item, root, trail) for item in beside), 0)
