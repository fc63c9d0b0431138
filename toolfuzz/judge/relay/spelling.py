"""One spelling for what JSON Schema lets be spelled in several ways, a node at a time.

What may be null is ``nullable`` here, as in OpenAPI 3.0: formats differ most in how they say that.
"""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import kind_of

__all__ = ["spelled"]


def spelled(node: JsonObject) -> JsonObject:
    """Return a node in its plainest spelling; what lies below is left as it is."""
    node = _without_null(_as_enum(node))
    for union in ("anyOf", "oneOf", "allOf"):
        node = _only_one(node, union)
    node = _types_of(node)
    if _is_said_by_values(node):
        node = {key: item for key, item in node.items() if key != "type"}
    return {key: item for key, item in node.items() if not _says_nothing(key, item)}


def _as_enum(node: JsonObject) -> JsonObject:
    if "const" not in node or "enum" in node:
        return node
    return {("enum" if k == "const" else k): ([v] if k == "const" else v) for k, v in node.items()}


def _without_null(node: JsonObject) -> JsonObject:
    """Say that null is allowed by ``nullable`` alone."""
    found = node.get("nullable") is True
    plain = {key: item for key, item in node.items() if key != "nullable"}
    kinds = plain.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        found, plain["type"] = True, [kind for kind in kinds if kind != "null"]
    if isinstance(plain.get("type"), list) and len(plain["type"]) == 1:
        plain["type"] = plain["type"][0]
    for union in ("anyOf", "oneOf"):
        variants = plain.get(union)
        if isinstance(variants, list) and any(map(_is_null, variants)):
            found, plain[union] = True, [one for one in variants if not _is_null(one)]
    values = plain.get("enum")
    if isinstance(values, list) and None in values and (found or "type" not in plain):
        found, plain["enum"] = True, [value for value in values if value is not None]
    return {**plain, "nullable": True} if found else plain


def _is_null(variant: Json) -> bool:
    return isinstance(variant, dict) and variant.get("type") in ("null", ["null"])


def _only_one(node: JsonObject, union: str) -> JsonObject:
    """Take the only variant of a union for the node itself, where neither contradicts the other."""
    variants = node.get(union)
    if not isinstance(variants, list) or len(variants) != 1 or not isinstance(variants[0], dict):
        return node
    rest = {key: item for key, item in node.items() if key != union}
    shared = rest.keys() & variants[0].keys() - {"description", "title"}
    return node if shared else _without_null({**variants[0], **rest})


def _types_of(node: JsonObject) -> JsonObject:
    """Write variants that are nothing but types as a list of types."""
    variants = node.get("anyOf")
    if not isinstance(variants, list) or "type" in node:
        return node
    kinds = [one.get("type") if isinstance(one, dict) and len(one) == 1 else None
             for one in variants]  # fmt: skip
    if not kinds or not all(isinstance(kind, str) for kind in kinds):
        return node
    rest = {key: item for key, item in node.items() if key != "anyOf"}
    return {**rest, "type": kinds}


def _is_said_by_values(node: JsonObject) -> bool:
    """Whether all allowed values are of the type, so that it needn't be named."""
    values, kind = node.get("enum"), node.get("type")
    return isinstance(values, list) and bool(values) and all(kind_of(v) == kind for v in values)


def _says_nothing(key: str, value: Json) -> bool:
    match key:
        case "required" | "properties":
            return value in ([], {})
        case "additionalProperties" | "items":
            return value is True or value == {}
        case _:
            return False
