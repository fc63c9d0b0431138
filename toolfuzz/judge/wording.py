"""Schemas and hostile text in a few words, for people and for grouping."""

from collections.abc import Sequence
from typing import TypeGuard

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import kind_of, resolve_ref

__all__ = ["listed", "one_line", "shape"]

_MOST_ALTERNATIVES = 4


def shape(schema: Json, root: Json = None) -> str:
    """Describe a schema in short words that depend on no name and no value in it.

    ``root`` resolves its references. Examples: ``object behind $ref``, ``array of objects``,
    ``string or null (anyOf)``, ``enum of strings``.
    """
    words, behind_ref = _describe(schema, schema if root is None else root, 0)
    return f"{words} behind $ref" if behind_ref else words


def _describe(schema: Json, root: Json, depth: int) -> tuple[str, bool]:
    if not isinstance(schema, dict) or depth > 6:
        return "anything", False
    if isinstance(schema.get("$ref"), str):
        return _describe(resolve_ref(root, schema["$ref"]), root, depth + 1)[0], True
    for keyword in ("anyOf", "oneOf"):
        if _is_list(schema.get(keyword)):
            return _union(schema[keyword], keyword, root, depth)
    members = schema.get("allOf")
    if _is_list(members) and members and not schema.keys() & {"type", "properties"}:
        words, behind_ref = _describe(members[0], root, depth + 1)
        return f"{words} (allOf)", behind_ref
    if "const" in schema:
        return f"const {kind_of(schema['const'])}", False
    if _is_list(schema.get("enum")):
        kinds = {kind_of(value) for value in schema["enum"]} - {"null"}
        return f"enum of {_plural(kinds.pop()) if len(kinds) == 1 else 'mixed values'}", False
    types = schema.get("type")
    if _is_list(types):
        alternatives = [_typed({**schema, "type": kind}, root, depth) for kind in types]
        return f"{' or '.join(alternatives[:_MOST_ALTERNATIVES])} (type list)", False
    return _typed(schema, root, depth), False


def _union(branches: list[Json], keyword: str, root: Json, depth: int) -> tuple[str, bool]:
    described = [_describe(branch, root, depth + 1) for branch in branches]
    counts: dict[str, int] = {}
    for words, _ in described:
        counts[words] = counts.get(words, 0) + 1
    named = [f"{n} {_plural(words)}" if n > 1 else words for words, n in counts.items()]
    words = " or ".join(named[:_MOST_ALTERNATIVES])
    return f"{words} ({keyword})", any(behind_ref for _, behind_ref in described)


def _typed(schema: JsonObject, root: Json, depth: int) -> str:
    kind = schema.get("type")
    if kind == "array" or (kind is None and schema.keys() & {"items", "prefixItems"}):
        if "prefixItems" in schema or isinstance(schema.get("items"), list):
            return "tuple"
        if not isinstance(schema.get("items"), dict):
            return "array"
        words, behind_ref = _describe(schema["items"], root, depth + 1)
        return f"array of {_plural(words)}{' behind $ref' if behind_ref else ''}"
    if kind == "object" or (kind is None and "properties" in schema):
        if schema.get("properties"):
            return "object"
        if isinstance(schema.get("additionalProperties"), dict):
            words, _ = _describe(schema["additionalProperties"], root, depth + 1)
            return f"map of {_plural(words)}"
        return "object without parameters" if "properties" in schema else "free-form object"
    return kind if isinstance(kind, str) else "anything"


def _plural(words: str) -> str:
    noun, space, rest = words.partition(" ")
    if noun in ("anything", "null", "mixed"):
        return words
    if noun in ("free-form", "const"):
        return f"{noun} {_plural(rest)}"
    return f"{noun}s{space}{rest}"


def _is_list(value: Json) -> TypeGuard[list[Json]]:
    return isinstance(value, list)


def one_line(text: str) -> str:
    """Return hostile text as one short printable line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:600]).split())
    return line if len(line) <= 200 else line[:199] + "…"


def listed(keys: Sequence[str], most: int = 5) -> str:
    """Return the first keys for a message: ``'a', 'b' and 7 more``."""
    shown = ", ".join(repr(key[:80]) for key in keys[:most])
    return f"{shown} and {len(keys) - most} more" if len(keys) > most else shown
