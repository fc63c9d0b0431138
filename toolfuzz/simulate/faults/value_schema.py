"""Values that break the tool's schema, or fit it and still lose something (group D)."""

import json
from random import Random
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import kind_of
from toolfuzz.simulate.faults.mutate import KEEP, changes
from toolfuzz.simulate.schema import Place, branches, resolve


@changes("enum-case")
def enum_case(place: Place, rng: Random) -> Any:
    """The right member of an enum in the wrong case."""
    members = _members(place)
    if not isinstance(place.value, str) or not members:
        return KEEP
    changed = place.value.swapcase()
    taken = [m for m in members if isinstance(m, str) and m.casefold() == changed.casefold()]
    return changed if changed != place.value and len(taken) == 1 else KEEP


@changes("enum-violation")
def enum_violation(place: Place, rng: Random) -> Any:
    """A word that the enum doesn't have."""
    members = _members(place)
    fits = len(members) > 1 and all(isinstance(m, str) for m in members)
    return "none_of_these" if fits and isinstance(place.value, str) else KEEP


@changes("enum-type-mismatch")
def enum_type_mismatch(place: Place, rng: Random) -> Any:
    """A member that is a number or boolean comes as its text."""
    fits = len(_members(place)) > 1 and isinstance(place.value, bool | int | float)
    return json.dumps(place.value) if fits else KEEP


@changes("constraint-violation")
def constraint_violation(place: Place, rng: Random) -> Any:
    """A bound, length, pattern, format or count is not kept."""
    if place.schema.keys() & {"enum", "const", "prefixItems"}:
        return KEEP
    broken = list(_broken(place.schema, place.value))
    return rng.choice(broken) if broken else KEEP


def _broken(schema: JsonObject, value: Any) -> Any:
    """Values of the same type that break one keyword each."""
    match value:
        case bool() | None:
            return
        case int() | float():
            if "maximum" in schema:
                yield schema["maximum"] + 1
            if "minimum" in schema:
                yield schema["minimum"] - 1
            if "multipleOf" in schema:
                yield value + schema["multipleOf"] / 2 if isinstance(value, float) else value + 1
        case str():
            if "maxLength" in schema:
                yield value + "x" * (schema["maxLength"] + 1 - len(value))
            if schema.get("minLength", 0) > 1:
                yield value[: schema["minLength"] - 1]
            if "pattern" in schema or "format" in schema:
                yield "~ not like that ~"
        case list():
            if value and "maxItems" in schema:
                yield value + value[-1:] * (schema["maxItems"] + 1 - len(value))
            if schema.get("minItems", 0) > 1:
                yield value[: schema["minItems"] - 1]
            if value and schema.get("uniqueItems"):
                yield [*value, value[-1]]


@changes("union-branch-invalid")
def union_branch_invalid(place: Place, rng: Random) -> Any:
    """An object says that it is of a kind that none of the branches is."""
    if not isinstance(place.value, dict) or "oneOf" not in place.schema:
        return KEEP
    for branch in branches(place.schema, place.root):
        for key, item in branch.get("properties", {}).items():
            if isinstance(item, dict) and "const" in item and key in place.value:
                return {**place.value, key: "no_such_kind"}
    return KEEP


@changes("recursive-collapse")
def recursive_collapse(place: Place, rng: Random) -> Any:
    """A tree is cut: the children of a node are gone."""
    if not isinstance(place.value, list) or not place.value:
        return KEEP
    items = place.schema.get("items")
    ref = items.get("$ref") if isinstance(items, dict) else None
    if ref is None:
        return KEEP
    return [] if ref in _refs(resolve(items, place.root)) else KEEP


def _refs(schema: Any) -> set[str]:
    """The references that stand in the schema itself."""
    if isinstance(schema, list):
        return set().union(*map(_refs, schema))
    if not isinstance(schema, dict):
        return set()
    found = set().union(*(_refs(s) for s in schema.values()))
    return found | ({schema["$ref"]} if isinstance(schema.get("$ref"), str) else set())


@changes("object-emptied")
def object_emptied(place: Place, rng: Random) -> Any:
    """A map or free-form object arrives empty."""
    fits = isinstance(place.value, dict) and place.value and not place.schema.get("required")
    return {} if fits else KEEP


@changes("tuple-violated")
def tuple_violated(place: Place, rng: Random) -> Any:
    """The items of a tuple are in the wrong order, or one is gone."""
    if not isinstance(place.value, list) or not isinstance(place.schema.get("prefixItems"), list):
        return KEEP
    turned = place.value[::-1]
    if [kind_of(v) for v in turned] != [kind_of(v) for v in place.value]:
        return turned
    return place.value[:-1] if place.schema.get("minItems") else KEEP


@changes("default-const-ignored")
def default_const_ignored(place: Place, rng: Random) -> Any:
    """A constant gets another value."""
    if "const" not in place.schema or place.in_union:
        return KEEP
    match place.schema["const"]:
        case bool(value):
            return not value
        case int(value) | float(value):
            return value + 1
        case str(value):
            return f"{value}_v2"
    return KEEP


@changes("schema-ref-invisible")
def schema_ref_invisible(place: Place, rng: Random) -> Any:
    """The model has not seen what is behind the ``$ref`` and invents its keys."""
    if not place.behind_ref or not isinstance(place.value, dict) or not place.value:
        return KEEP
    return {f"field_{n}": item for n, item in enumerate(place.value.values(), 1)}


@changes("args-native-markup")
def args_native_markup(place: Place, rng: Random) -> Any:
    """An object is written in tags of the native format and stays text."""
    if not isinstance(place.value, dict) or not place.value or place.depth > 1:
        return KEEP
    key, item = next(iter(place.value.items()))
    return f"\t\t<arg_key>{key}</arg_key><arg_value>{json.dumps(item, ensure_ascii=False)}"


def _members(place: Place) -> list[Any]:
    for branch in branches(place.schema, place.root):
        members = branch.get("enum")
        if isinstance(members, list) and place.value in members:
            return members
    return []
