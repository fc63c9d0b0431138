"""Arguments that break the tool's schema, or fit it and still lose something (group D)."""

import json
from random import Random
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.simulate.faults.mutate import KEEP, changes, parameters
from toolfuzz.simulate.faults.registry import Roll, fault
from toolfuzz.simulate.reply import Call, Reply
from toolfuzz.simulate.schema import Place, branches, places, resolve, type_name, types

_KEYWORD_NAMES = frozenset(
    {"title", "type", "properties", "definitions", "description", "default", "items", "required"}
    | {"$ref", "$defs", "$id", "$schema", "format", "enum", "const", "examples", "pattern"}
    | {"additionalProperties", "anyOf", "oneOf", "allOf", "not"}
)


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
    if [type_name(v) for v in turned] != [type_name(v) for v in place.value]:
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


@fault("args-empty-object", "values")
def args_empty_object(reply: Reply, roll: Roll) -> bool:
    """All arguments are lost."""
    needy = [c for c in reply.calls if c.arguments and parameters(reply, c).get("required")]
    if needy:
        roll.rng.choice(needy).arguments = {}
    return bool(needy)


@fault("parameter-dropped-by-parser", "values")
def parameter_dropped_by_parser(reply: Reply, roll: Roll) -> bool:
    """Of several parameters only the first or the last survives."""
    fitting = [c for c in reply.calls if len(c.arguments) > 2]
    if not fitting:
        return False
    call = roll.rng.choice(fitting)
    key = list(call.arguments)[roll.rng.choice([0, -1])]
    call.arguments = {key: call.arguments[key]}
    return True


@fault("missing-required", "values")
def missing_required(reply: Reply, roll: Roll) -> bool:
    """One required key is absent, the others are there."""
    found = [
        p
        for p in _all_places(reply, roll)
        if isinstance(p.holder, dict) and p.required and p.key not in _KEYWORD_NAMES
        if len(p.holder) > 1 + (p.depth == 1)
    ]
    return _delete(found, roll)


@fault("schema-unenforced", "values")
def schema_unenforced(reply: Reply, roll: Roll) -> bool:
    """``strict`` was accepted and isn't kept: a required key is absent."""
    strict = {t.name for t in reply.ask.tools if t.strict}
    calls = [c for c in reply.calls if c.name in strict]
    found = [p for p in _all_places(reply, roll, calls) if p.required and p.depth == 1]
    return _delete(found, roll)


@fault("schema-mutated", "values")
def schema_mutated(reply: Reply, roll: Roll) -> bool:
    """A parameter whose name looks like a schema keyword never reaches the model."""
    found = [p for p in _all_places(reply, roll) if p.key in _KEYWORD_NAMES]
    return _delete([p for p in found if p.required and len(p.holder) > 1], roll)


@fault("stream-nonstream-divergence", "values", "stream")
def stream_nonstream_divergence(reply: Reply, roll: Roll) -> bool:
    """Only when streamed, the last parameter is lost."""
    full = [call for call in reply.calls if call.arguments]
    for call in full:
        call.arguments.popitem()
    return bool(full)


@changes("schema-ref-invisible")
def schema_ref_invisible(place: Place, rng: Random) -> Any:
    """The model has not seen what is behind the ``$ref`` and invents its keys."""
    if not place.behind_ref or not isinstance(place.value, dict) or not place.value:
        return KEEP
    return {f"field_{n}": item for n, item in enumerate(place.value.values(), 1)}


@fault("unknown-param", "values")
def unknown_param(reply: Reply, roll: Roll) -> bool:
    """A key that the tool doesn't declare."""
    holders = _holders(reply)
    closed = [h for h, schema in holders if schema.get("additionalProperties") is False]
    for holder in closed[:1] or [h for h, _ in holders[:1]]:
        holder["extra_note"] = "added by the model"
        return True
    return False


@fault("param-renamed", "values")
def param_renamed(reply: Reply, roll: Roll) -> bool:
    """A required key comes in camelCase or snake_case, whichever it isn't."""
    found = [
        p
        for p in _all_places(reply, roll)
        if isinstance(p.key, str) and p.required and _renamed(p.key) not in {p.key, *p.holder}
    ]
    if not found:
        return False
    place = roll.rng.choice(found)
    pairs = [(_renamed(k) if k == place.key else k, v) for k, v in place.holder.items()]
    place.holder.clear()
    place.holder.update(pairs)
    return True


@fault("optional-null", "values")
def optional_null(reply: Reply, roll: Roll) -> bool:
    """Optional parameters that were left out come as null."""
    return _fill(reply, lambda known: KEEP if "null" in known or not known else None)


@fault("optional-placeholder", "values")
def optional_placeholder(reply: Reply, roll: Roll) -> bool:
    """Optional parameters that were left out come as "", 0 or []."""
    empties = {"string": "", "integer": 0, "number": 0, "array": []}
    return _fill(
        reply, lambda known: next((empties[k] for k in sorted(known & set(empties))), KEEP)
    )


@fault("args-wrapped", "values")
def args_wrapped(reply: Reply, roll: Roll) -> bool:
    """The arguments sit one level too deep."""
    fitting = [c for c in reply.calls if c.arguments and parameters(reply, c).get("required")]
    if not fitting:
        return False
    call = roll.rng.choice(fitting)
    key = roll.rng.choice(["arguments", "parameters", "input"])
    call.arguments = {key: call.arguments}
    return True


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


def _all_places(reply: Reply, roll: Roll, calls: list[Call] | None = None) -> list[Place]:
    return [
        place
        for call in (reply.calls if calls is None else calls)
        for place in places(call.arguments, parameters(reply, call))
        if roll.trigger.takes(place)
    ]


def _delete(found: list[Place], roll: Roll) -> bool:
    if not found:
        return False
    place = roll.rng.choice(found)
    del place.holder[place.key]
    return True


def _holders(reply: Reply) -> list[tuple[JsonObject, JsonObject]]:
    """Every object in the arguments with the schema that declares its properties."""
    found: list[tuple[JsonObject, JsonObject]] = []
    for call in reply.calls:
        root = parameters(reply, call)
        outer = next((b for b in branches(root, root) if "properties" in b), root)
        found.append((call.arguments, outer))
        for place in places(call.arguments, root):
            if isinstance(place.value, dict) and "properties" in place.schema:
                found.append((place.value, place.schema))
    return found


def _fill(reply: Reply, filler: Any) -> bool:
    """Put a value for the first optional parameter that is absent and has one."""
    for holder, schema in _holders(reply):
        required = schema.get("required", ())
        for key, written in schema.get("properties", {}).items():
            if key in holder or key in required:
                continue
            value = filler(types(written, parameters(reply, reply.calls[0])))
            if value is not KEEP and "enum" not in written:
                holder[key] = value
                return True
    return False


def _renamed(key: str) -> str:
    if "_" in key.strip("_"):
        first, *rest = key.split("_")
        return first + "".join(word.capitalize() for word in rest)
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in key)
    return snake if snake != key else key.capitalize()
