"""Keys of arguments that are lost, added or renamed (group D of the catalogue)."""

from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.simulate.faults.mutate import KEEP, parameters
from toolfuzz.simulate.faults.registry import Roll, fault
from toolfuzz.simulate.schema import Place, branches, places, types

_KEYWORD_NAMES = frozenset(
    {"title", "type", "properties", "definitions", "description", "default", "items", "required"}
    | {"$ref", "$defs", "$id", "$schema", "format", "enum", "const", "examples", "pattern"}
    | {"additionalProperties", "anyOf", "oneOf", "allOf", "not"}
)


@fault("args-empty-object", "values")
def args_empty_object(reply: ReplyPlan, roll: Roll) -> bool:
    """All arguments are lost."""
    needy = [c for c in reply.calls if c.arguments and parameters(reply, c).get("required")]
    if needy:
        roll.rng.choice(needy).arguments = {}
    return bool(needy)


@fault("parameter-dropped-by-parser", "values")
def parameter_dropped_by_parser(reply: ReplyPlan, roll: Roll) -> bool:
    """Of several parameters only the first or the last survives."""
    fitting = [c for c in reply.calls if len(c.arguments) > 2]
    if not fitting:
        return False
    call = roll.rng.choice(fitting)
    key = list(call.arguments)[roll.rng.choice([0, -1])]
    call.arguments = {key: call.arguments[key]}
    return True


@fault("missing-required", "values")
def missing_required(reply: ReplyPlan, roll: Roll) -> bool:
    """One required key is absent, the others are there."""
    found = [
        p
        for p in _all_places(reply, roll)
        if isinstance(p.holder, dict) and p.required and p.key not in _KEYWORD_NAMES
        if len(p.holder) > 1 + (p.depth == 1)
    ]
    return _delete(found, roll)


@fault("schema-unenforced", "values", "strict")
def schema_unenforced(reply: ReplyPlan, roll: Roll) -> bool:
    """``strict`` was accepted and isn't kept: a required key is absent."""
    strict = {t.name for t in reply.ask.tools if t.strict}
    calls = [c for c in reply.calls if c.name in strict]
    found = [p for p in _all_places(reply, roll, calls) if p.required and p.depth == 1]
    return _delete(found, roll)


@fault("schema-mutated", "values")
def schema_mutated(reply: ReplyPlan, roll: Roll) -> bool:
    """A parameter whose name looks like a schema keyword never reaches the model."""
    found = [p for p in _all_places(reply, roll) if p.key in _KEYWORD_NAMES]
    return _delete([p for p in found if p.required and len(p.holder) > 1], roll)


@fault("stream-nonstream-divergence", "values", "stream")
def stream_nonstream_divergence(reply: ReplyPlan, roll: Roll) -> bool:
    """Only when streamed, the last parameter is lost."""
    full = [call for call in reply.calls if call.arguments]
    for call in full:
        call.arguments.popitem()
    return bool(full)


@fault("unknown-param", "values")
def unknown_param(reply: ReplyPlan, roll: Roll) -> bool:
    """A key that the tool doesn't declare."""
    holders = _holders(reply)
    closed = [h for h, schema in holders if schema.get("additionalProperties") is False]
    for holder in closed[:1] or [h for h, _ in holders[:1]]:
        holder["extra_note"] = "added by the model"
        return True
    return False


@fault("param-renamed", "values")
def param_renamed(reply: ReplyPlan, roll: Roll) -> bool:
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
def optional_null(reply: ReplyPlan, roll: Roll) -> bool:
    """Optional parameters that were left out come as null."""
    return _fill(reply, lambda known: KEEP if "null" in known or not known else None)


@fault("optional-placeholder", "values")
def optional_placeholder(reply: ReplyPlan, roll: Roll) -> bool:
    """Optional parameters that were left out come as "", 0 or []."""
    empties = {"string": "", "integer": 0, "number": 0, "array": []}
    return _fill(
        reply, lambda known: next((empties[k] for k in sorted(known & set(empties))), KEEP)
    )


@fault("args-wrapped", "values")
def args_wrapped(reply: ReplyPlan, roll: Roll) -> bool:
    """The arguments sit one level too deep."""
    fitting = [c for c in reply.calls if c.arguments and parameters(reply, c).get("required")]
    if not fitting:
        return False
    call = roll.rng.choice(fitting)
    key = roll.rng.choice(["arguments", "parameters", "input"])
    call.arguments = {key: call.arguments}
    return True


def _all_places(reply: ReplyPlan, roll: Roll, calls: list[Call] | None = None) -> list[Place]:
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


def _holders(reply: ReplyPlan) -> list[tuple[JsonObject, JsonObject]]:
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


def _fill(reply: ReplyPlan, filler: Any) -> bool:
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
