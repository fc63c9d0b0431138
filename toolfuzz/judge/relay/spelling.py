"""One spelling for what JSON Schema lets be spelled in several ways, a node at a time.

What may be null is ``nullable`` here, as in OpenAPI 3.0: formats differ most in how they say that.
"""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import kind_of

__all__ = ["NOTES", "UNIONS", "spelled"]

NOTES = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "examples", "default", "readOnly"}
)
"""Keywords without which a schema allows the same."""
UNIONS = ("anyOf", "oneOf", "allOf")
_NUMERIC = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_OF_TYPE = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": _NUMERIC,
    "integer": _NUMERIC,
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "object": (
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
    ),
}


def spelled(node: JsonObject) -> JsonObject:
    """Return a node in its plainest spelling; what lies below is left as it is."""
    node = _without_null(_as_enum(node))
    for union in UNIONS:
        node = _only_one(node, union)
    if _is_said_by_values(node):
        node = {key: item for key, item in node.items() if key != "type"}
    node = _sorted(_variant_a_type(node))
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
    shared = rest.keys() & variants[0].keys() - NOTES
    return node if shared else _without_null({**variants[0], **rest})


def _is_said_by_values(node: JsonObject) -> bool:
    """Whether all allowed values are of the type, so that it needn't be named."""
    values, kinds = node.get("enum"), node.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return isinstance(values, list) and bool(values) and all(kind_of(v) in kinds for v in values)


def _variant_a_type(node: JsonObject) -> JsonObject:
    """Write a list of types as variants, each with the keywords that are about it."""
    kinds = node.get("type")
    if not isinstance(kinds, list) or "anyOf" in node:
        return node
    about = {kind: _OF_TYPE.get(str(kind), ()) for kind in map(str, kinds)}
    used = {key for keys in about.values() for key in keys}
    variants = [
        {"type": kind, **{key: node[key] for key in keys if key in node}}
        for kind, keys in about.items()
    ]
    rest = {key: item for key, item in node.items() if key != "type" and key not in used}
    return {**rest, "anyOf": variants}


def _sorted(node: JsonObject) -> JsonObject:
    """Put variants that differ by their types in one order."""
    variants = node.get("anyOf")
    if not isinstance(variants, list):
        return node
    kinds = [one.get("type") if isinstance(one, dict) else None for one in variants]
    if len(set(map(str, kinds))) < len(kinds) or not all(isinstance(kind, str) for kind in kinds):
        return node
    return {**node, "anyOf": sorted(variants, key=lambda one: str(one["type"]))}


def _says_nothing(key: str, value: Json) -> bool:
    match key:
        case "required" | "properties":
            return value in ([], {})
        case "additionalProperties" | "items":
            return value is True or value == {}
        case _:
            return False
