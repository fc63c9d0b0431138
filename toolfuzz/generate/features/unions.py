"""Unions and compositions: ``oneOf``, ``anyOf``, ``allOf``, type lists; at the root by request.

Root unions are opt-in: Anthropic and Gemini refuse them with an HTTP 400, which says nothing
about how well a model calls tools.
"""

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.features.base import (
    Draft,
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

_KINDS = (
    ("kind", ("email", "webhook", "sms")),
    ("type", ("s3", "local", "http")),
    ("action", ("start", "stop", "scale")),
)


def _branches(pick: Pick) -> tuple[list[JsonObject], Values]:
    """Return object branches told apart by a const, and what draws one of them."""
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

    return branches, values


def _one_of(pick: Pick) -> Parameter:
    branches, values = _branches(pick)
    return Parameter(
        pick.of(("destination_config", "trigger", "sink")), {"oneOf": branches}, values
    )


def _one_of_items(pick: Pick) -> Parameter:
    branches, values = _branches(pick)
    return Parameter(
        pick.of(("actions", "hooks", "operations")),
        {"type": "array", "items": {"oneOf": branches}},
        lambda p: [values(p) for _ in range(p.within(1, 3))],
    )


def _any_of(pick: Pick) -> Parameter:
    (scalar,) = fields(pick, 1, 1)
    schema, values = object_of(pick, 1, 3)
    array = {"type": "array", "items": scalar.schema}
    options: list[tuple[JsonObject, Values]] = [
        (scalar.schema, scalar.values),
        (schema, values),
        (array, lambda p: [scalar.values(p)]),
    ]
    kept = pick.some(options, 2, 3)
    return Parameter(
        pick.of(("selector", "source", "value_or_list")),
        {"anyOf": [option for option, _ in kept]},
        lambda p: p.of(kept)[1](p),
    )


def _all_of(pick: Pick) -> Parameter:
    schema, values = object_of(pick, 1, 3)
    if pick.chance(50):
        return Parameter(pick.of(("profile", "base")), {"allOf": [schema]}, values)
    more, more_values = object_of(pick, 1, 2)
    extra = {f"x_{key}": node for key, node in more["properties"].items()}
    second: JsonObject = {"type": "object", "properties": extra, "required": list(extra)}

    def both(p: Pick) -> Json:
        return {**values(p), **{f"x_{key}": item for key, item in more_values(p).items()}}

    return Parameter(pick.of(("profile", "base")), {"allOf": [schema, second]}, both)


_TYPE_LISTS: tuple[tuple[list[str], tuple[Json, ...]], ...] = (
    (["string", "integer"], ("latest", 7, "007", 42)),
    (["string", "number"], ("50%", 0.5, "1.5", 3.25)),
    (["boolean", "string"], ("true", True, "auto", False)),
    (["string", "array"], ("one", ["one", "two"], "[1]", ["x"])),
    (["integer", "object"], (3, {"min": 1, "max": 5})),
)


def _type_list(pick: Pick) -> Parameter:
    types, options = pick.of(_TYPE_LISTS)
    return Parameter(
        pick.of(("tag_or_id", "version_spec", "setting")),
        {"type": types},
        lambda p: p.of(options),
    )


def _root(keyword: str, pick: Pick, draft: Draft) -> None:
    if keyword == "allOf":
        schema, values = object_of(pick, 1, 2)
        branches = [schema]
    else:
        branches, values = _branches(pick)
    taken = {name for branch in branches for name in branch["properties"]}
    draft.parameters = [p for p in draft.parameters if p.name not in taken]
    draft.root[keyword] = branches
    draft.root_values = values


def _discriminated(node: JsonObject, place: Place) -> bool:
    """Whether all branches are objects with a const property."""
    return place.keyword != "items" and place.depth > 0 and _has_consts(node)


def _has_consts(node: JsonObject) -> bool:
    return all(
        any(isinstance(p, dict) and "const" in p for p in branch.get("properties", {}).values())
        for branch in node["oneOf"]
        if isinstance(branch, dict)
    )


def _no_null(node: JsonObject, place: Place) -> bool:
    branches = [b for b in node["anyOf"] if isinstance(b, dict)]
    return place.depth > 0 and all(b.get("type") != "null" for b in branches)


def _several_types(node: JsonObject, place: Place) -> bool:
    return isinstance(node["type"], list) and len(set(node["type"]) - {"null"}) > 1


FEATURES = (
    Feature(
        "oneof-const",
        "oneOf whose branches are told apart by a const",
        "indirect",
        parameter=_one_of,
        keyword="oneOf",
        node=_discriminated,
    ),
    Feature(
        "oneof-items",
        "an array whose items are a oneOf",
        "indirect",
        parameter=_one_of_items,
        keyword="oneOf",
        node=lambda node, place: place.keyword == "items",
    ),
    Feature(
        "anyof",
        "a parameter that may be one of several types, by anyOf",
        "indirect",
        parameter=_any_of,
        keyword="anyOf",
        node=_no_null,
    ),
    Feature(
        "allof",
        "a parameter composed by allOf",
        "indirect",
        parameter=_all_of,
        keyword="allOf",
        node=lambda node, place: place.depth > 0,
    ),
    Feature(
        "type-union",
        'a type list such as ["string", "integer"]',
        "indirect",
        parameter=_type_list,
        keyword="type",
        node=_several_types,
    ),
    *(
        Feature(
            f"root-{keyword.lower()}",
            f"{keyword} at the root of the parameters (some providers refuse it)",
            "indirect",
            change=lambda pick, draft, keyword=keyword: _root(keyword, pick, draft),  # type: ignore[misc]
            keyword=keyword,
            node=lambda node, place: place.depth == 0,
            opt_in=True,
            excludes=(
                "no-arg",
                *(f"root-{k.lower()}" for k in ("oneOf", "anyOf", "allOf") if k != keyword),
            ),
        )
        for keyword in ("oneOf", "anyOf", "allOf")
    ),
)
