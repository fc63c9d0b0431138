"""Unions and compositions of a parameter or of an array's items, and their discriminators."""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.anything import of_type
from toolfuzz.generate.features.base import (
    Feature,
    Parameter,
    Place,
    Values,
    fields,
    object_of,
    object_schema,
    object_values,
)
from toolfuzz.generate.pick import Pick

__all__ = ["branches_by_const", "composed"]

_KINDS = (
    ("kind", ("email", "webhook", "sms")),
    ("type", ("s3", "local", "http")),
    ("action", ("start", "stop", "scale")),
)


def branches_by_const(pick: Pick) -> tuple[list[JsonObject], Values, str]:
    """Return object branches told apart by a const, what draws one of them, and its property."""
    tag, names = pick.of(_KINDS)
    branches: list[JsonObject] = []
    drawn: list[tuple[str, Values]] = []
    for name in names[: pick.within(2, 3)]:
        members = [m for m in fields(pick, 1, 2) if m.name != tag]
        schema = object_schema(members)
        schema["properties"] = {tag: {"const": name}, **schema["properties"]}
        schema["required"] = [tag, *schema["required"]]
        branches.append(schema)
        drawn.append((name, object_values(members)))

    def values(p: Pick) -> Json:
        name, members = p.of(drawn)
        return {tag: name, **members(p)}

    return branches, values, tag


def composed(pick: Pick) -> tuple[list[JsonObject], Values]:
    """Return one or two object schemas that apply together, and what draws a value of both."""
    schema, values = object_of(pick, 1, 3)
    if pick.chance(50):
        return [schema], values
    more, more_values = object_of(pick, 1, 2)
    extra = {f"x_{key}": node for key, node in more["properties"].items()}
    second: JsonObject = {"type": "object", "properties": extra, "required": list(extra)}

    def both(p: Pick) -> Json:
        return {**values(p), **{f"x_{key}": item for key, item in more_values(p).items()}}

    return [schema, second], both


def _array(pick: Pick, items: JsonObject, values: Values) -> Parameter:
    return Parameter(
        pick.of(("actions", "hooks", "operations")),
        {"type": "array", "items": items},
        lambda p: p.several(values, 1, 3),
    )


def _one_of(pick: Pick) -> Parameter:
    branches, values, _ = branches_by_const(pick)
    return Parameter(
        pick.of(("destination_config", "trigger", "sink")), {"oneOf": branches}, values
    )


def _one_of_items(pick: Pick) -> Parameter:
    branches, values, _ = branches_by_const(pick)
    return _array(pick, {"oneOf": branches}, values)


def _discriminated(pick: Pick) -> Parameter:
    """Return a union as pydantic writes it: references, and a mapping from the tag to them."""
    branches, values, tag = branches_by_const(pick)
    names = [str(b["properties"][tag]["const"]) for b in branches]
    refs = {name: f"#/$defs/{name.capitalize()}Options" for name in names}
    union: JsonObject = {
        "discriminator": {"mapping": refs, "propertyName": tag},
        "oneOf": [{"$ref": ref} for ref in refs.values()],
    }
    defs = {f"{name.capitalize()}Options": b for name, b in zip(names, branches, strict=True)}
    parameter = Parameter(pick.of(("channel_options", "backend")), union, values)
    if pick.chance(30):
        parameter = _array(pick, union, values)
    return Parameter(parameter.name, parameter.schema, parameter.values, root={"$defs": defs})


def _several(pick: Pick) -> tuple[JsonObject, Values]:
    (scalar,) = fields(pick, 1, 1)
    schema, values = object_of(pick, 1, 3)
    array = {"type": "array", "items": scalar.schema}
    options: list[tuple[JsonObject, Values]] = [
        (scalar.schema, scalar.values),
        (schema, values),
        (array, lambda p: [scalar.values(p)]),
    ]
    kept = pick.some(options, 2, 3)
    return {"anyOf": [option for option, _ in kept]}, lambda p: p.of(kept)[1](p)


def _any_of(pick: Pick) -> Parameter:
    schema, values = _several(pick)
    return Parameter(pick.of(("selector", "source", "value_or_list")), schema, values)


def _nested(pick: Pick) -> Parameter:
    inner, values = _several(pick)
    other = {"type": "object", "properties": {"any": inner}, "required": ["any"]}
    schema: JsonObject = {"anyOf": [{"oneOf": [other, {"type": "null"}]}, inner]}
    return Parameter(
        pick.of(("rule", "expression", "criterion")),
        schema,
        lambda p: {"any": values(p)} if p.chance(60) else values(p),
    )


def _holds_union(node: JsonObject, place: Place) -> bool:
    return place.depth > 0 and any(
        isinstance(branch, dict) and bool({"anyOf", "oneOf"} & branch.keys())
        for branch in node["anyOf"]
    )


def _all_of(pick: Pick) -> Parameter:
    schemas, values = composed(pick)
    return Parameter(pick.of(("profile", "base")), {"allOf": schemas}, values)


def _all_of_items(pick: Pick) -> Parameter:
    schemas, values = composed(pick)
    return _array(pick, {"allOf": schemas}, values)


_TYPE_LISTS = (
    ["string", "integer"],
    ["string", "number"],
    ["boolean", "string"],
    ["string", "array"],
    ["integer", "object"],
    ["string", "number", "boolean", "object", "array"],
)


def _type_list(pick: Pick) -> Parameter:
    types = pick.of(_TYPE_LISTS)
    schema: JsonObject = {"type": types, "items": {}} if "array" in types else {"type": types}
    return Parameter(
        pick.of(("tag_or_id", "version_spec", "setting")), schema, lambda p: of_type(p, p.of(types))
    )


def _has_consts(node: JsonObject, place: Place) -> bool:
    """Whether all branches are objects with a const property."""
    if place.keyword == "items" or place.depth == 0:
        return False
    return all(
        any(isinstance(p, dict) and "const" in p for p in branch.get("properties", {}).values())
        for branch in node["oneOf"]
        if isinstance(branch, dict)
    )


def _no_null(node: JsonObject) -> bool:
    return all(b.get("type") != "null" for b in node["anyOf"] if isinstance(b, dict))


def _several_types(node: JsonObject, place: Place) -> bool:
    return isinstance(node["type"], list) and len(set(node["type"]) - {"null"}) > 1


def _in_items(node: JsonObject, place: Place) -> bool:
    return place.keyword == "items"


FEATURES = (
    Feature(
        "oneof-const",
        "oneOf whose branches are told apart by a const",
        "indirect",
        parameter=_one_of,
        keyword="oneOf",
        node=_has_consts,
    ),
    Feature(
        "oneof-items",
        "an array whose items are a oneOf of schemas in place",
        "indirect",
        parameter=_one_of_items,
        keyword="oneOf",
        node=lambda node, place: _in_items(node, place) and "discriminator" not in node,
    ),
    Feature(
        "discriminator",
        "oneOf of references with OpenAPI's discriminator, as pydantic writes it",
        "indirect",
        parameter=_discriminated,
        keyword="discriminator",
        node=lambda node, place: isinstance(node["discriminator"], dict),
        implies=("ref-defs",),
    ),
    Feature(
        "anyof",
        "a parameter that may be one of several types, by anyOf",
        "indirect",
        parameter=_any_of,
        keyword="anyOf",
        node=lambda node, place: place.depth > 0 and place.keyword != "items" and _no_null(node),
    ),
    Feature(
        "anyof-nested",
        "a union whose branches are unions again",
        "indirect",
        parameter=_nested,
        keyword="anyOf",
        node=_holds_union,
        implies=("object",),
    ),
    Feature(
        "anyof-items",
        "an array whose items may be of several types, by anyOf",
        "indirect",
        parameter=lambda pick: _array(pick, *_several(pick)),
        keyword="anyOf",
        node=lambda node, place: _in_items(node, place) and _no_null(node),
    ),
    Feature(
        "allof",
        "a parameter composed by allOf",
        "indirect",
        parameter=_all_of,
        keyword="allOf",
        node=lambda node, place: place.depth > 0 and place.keyword != "items",
    ),
    Feature(
        "allof-items",
        "an array whose items are composed by allOf",
        "indirect",
        parameter=_all_of_items,
        keyword="allOf",
        node=_in_items,
    ),
    Feature(
        "type-union",
        'a type list such as ["string", "integer"]',
        "indirect",
        parameter=_type_list,
        keyword="type",
        types=(),
        node=_several_types,
    ),
)
