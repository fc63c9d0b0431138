"""``$ref``: to ``$defs``, to ``definitions``, with keywords beside it, and recursive."""

from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import resolve_ref
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


def _used(pick: Pick, name: str, ref: JsonObject, values: Values, root: JsonObject) -> Parameter:
    """Return a parameter that is the referenced thing or, less often, an array of it."""
    if pick.chance(25):
        items = {"type": "array", "items": ref}
        return Parameter(f"{name}s", items, lambda p: p.several(values, 1, 3), root=root)
    return Parameter(name, ref, values, root=root)


def _to_defs(pick: Pick) -> Parameter:
    schema, values = object_of(pick, 1, 3)
    defs: JsonObject = {"Environment": schema}
    if pick.chance(40):
        inner = Parameter("environment", {"$ref": "#/$defs/Environment"}, values)
        members = [inner, *fields(pick, 1, 2)]
        defs["Stage"] = object_schema(members)
        return _used(
            pick, "stage", {"$ref": "#/$defs/Stage"}, object_values(members), {"$defs": defs}
        )
    return _used(pick, "environment", {"$ref": "#/$defs/Environment"}, values, {"$defs": defs})


def _to_definitions(pick: Pick) -> Parameter:
    schema, values = object_of(pick, 1, 3)
    ref = {"$ref": "#/definitions/Account"}
    return _used(pick, "account", ref, values, {"definitions": {"Account": schema}})


def _with_siblings(pick: Pick) -> Parameter:
    schema, values = object_of(pick, 1, 3)
    beside: JsonObject = pick.of(
        (
            {"description": "Where the result goes."},
            {"title": "Destination"},
            {"description": "Where the result goes.", "title": "Destination"},
            {"minProperties": 1},
        )
    )
    ref = {"$ref": "#/$defs/Destination", **beside}
    return Parameter("destination", ref, values, root={"$defs": {"Destination": schema}})


def _recursive(pick: Pick) -> Parameter:
    (label,) = fields(pick, 1, 1)
    node: JsonObject = {
        "type": "object",
        "properties": {
            label.name: label.schema,
            "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        },
        "required": [label.name],
    }

    def tree(p: Pick, levels: int) -> Json:
        grown: dict[str, Any] = {label.name: label.values(p)}
        if levels:
            grown["children"] = p.several(lambda q: tree(q, levels - 1), 1, 2)
        return grown

    return Parameter(
        pick.of(("tree", "root_node", "menu")),
        {"$ref": "#/$defs/Node"},
        lambda p: tree(p, p.within(1, 2)),
        root={"$defs": {"Node": node}},
    )


def _to_property(pick: Pick) -> Parameter:
    """Return an object in which one property is said to be as its neighbour."""
    schema, values = object_of(pick, 1, 2)
    name = pick.of(("route", "transfer", "swap"))
    again: JsonObject = {"$ref": f"#/properties/{name}/properties/source"}
    both: JsonObject = {
        "type": "object",
        "properties": {"source": schema, "sink": again},
        "required": ["source", "sink"],
    }
    return Parameter(name, both, lambda p: {"source": values(p), "sink": values(p)}, placed=True)


def _is_recursive(node: JsonObject, place: Place) -> bool:
    """Whether the definition that this points to points to itself again."""
    return f"'{node['$ref']}'" in str(resolve_ref(place.root, node["$ref"]))


FEATURES = (
    Feature(
        "ref-defs",
        "an object behind a $ref to $defs",
        "indirect",
        parameter=_to_defs,
        keyword="$ref",
        node=lambda node, place: str(node["$ref"]).startswith("#/$defs/"),
        implies=("object",),
    ),
    Feature(
        "ref-definitions",
        "an object behind a $ref to definitions (the older spelling)",
        "indirect",
        parameter=_to_definitions,
        keyword="$ref",
        node=lambda node, place: str(node["$ref"]).startswith("#/definitions/"),
        implies=("object",),
    ),
    Feature(
        "ref-properties",
        "a $ref to another property instead of a definition",
        "indirect",
        parameter=_to_property,
        keyword="$ref",
        node=lambda node, place: str(node["$ref"]).startswith("#/properties/"),
        implies=("object",),
    ),
    Feature(
        "ref-siblings",
        "a $ref with other keywords beside it",
        "indirect",
        parameter=_with_siblings,
        keyword="$ref",
        node=lambda node, place: len(node) > 1,
        implies=("object", "ref-defs"),
    ),
    Feature(
        "ref-recursive",
        "a schema that refers to itself",
        "indirect",
        parameter=_recursive,
        keyword="$ref",
        node=_is_recursive,
        implies=("object", "ref-defs"),
    ),
)
