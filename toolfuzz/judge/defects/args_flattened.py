"""The inside of a nested value came without its level, or as keys that spell the way to it."""

from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Flattened
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.wording import listed


def explain(fact: Flattened) -> str:
    """Tell of the keys."""
    return f"it came as {listed(list(fact.keys), 3)}"


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Objects and lists become keys like ``a.b[0].c``."""
    for call in reply.calls:
        nested = {
            k: v for k, v in (call.arguments or {}).items() if isinstance(v, dict | list) and v
        }
        if nested:
            flat: JsonObject = {k: v for k, v in call.arguments.items() if k not in nested}
            for key, value in nested.items():
                _flatten(value, key, flat)
            call.arguments = flat
            return True
    return False


def _flatten(value: Json, path: str, flat: JsonObject) -> None:
    inside: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        inside = [(f"{path}.{key}", item) for key, item in value.items()]
    elif isinstance(value, list):
        inside = [(f"{path}[{n}]", item) for n, item in enumerate(value)]
    for longer, item in inside:
        _flatten(item, longer, flat)
    if not inside:
        flat[path] = value


_SCHEMA = {
    "type": "object",
    "properties": {
        "a": {"type": "object", "properties": {"b": {"type": "integer"}}},
        "list": {"type": "array", "items": {"type": "object", "properties": {"label": {}}}},
        "x.y": {"type": "string"},
    },
    "additionalProperties": False,
}


DEFECT = Defect(
    slug="args-flattened",
    group="D",
    tells_of="understanding",
    title="Nested arguments came flat: as keys that spell the path, or one level up",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a gateway that writes nested parameters as form fields",
    help=(
        "Rebuild the nesting from the keys in the client, or flatten the schema itself: fewer "
        "levels and no lists of objects."
    ),
    example='{"questions[0].label":"A"} for {"questions":[{"label":"A"}]}',
    sources=("microsoft/vscode#322165", "anomalyco/opencode#35405", "can1357/oh-my-pi#8917"),
    explain={Flattened: explain},
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"a.b": 1}', asked={"a": {"b": 1}}, schema=_SCHEMA),
        arguments('{"a__b": 1}', asked={"a": {"b": 1}}, schema=_SCHEMA),
        arguments('{"a_b": 1}', asked={"a": {"b": 1}}, schema=_SCHEMA),
        arguments('{"a[b]": 1}', asked={"a": {"b": 1}}, schema=_SCHEMA),
        arguments('{"a/b": 1}', schema=_SCHEMA),
        arguments(
            '{"list[0].label": "A", "list[1].label": "B"}',
            asked={"list": [{"label": "A"}, {"label": "B"}]},
            schema=_SCHEMA,
        ),
        arguments('{"list_0_label": "A"}', asked={"list": [{"label": "A"}]}, schema=_SCHEMA),
        arguments('{"list.0.label": "A"}', schema=_SCHEMA),
        arguments('{"b": 1}', asked={"a": {"b": 1}}, schema=_SCHEMA),
        arguments('{"b": 1, "c": "y"}', asked={"a": {"b": 1, "c": "x"}}),
        arguments('{"x": {"b": 1}, "d": 2}', asked={"x": {"a": {"b": 1}}, "d": 2}),
        arguments('{"a": {"b": 1}, "c": 2}', asked={"a": {"b": 1, "c": 2}}),
        arguments('{"a": {"b": 1}, "c": 3}', asked={"a": {"b": 1, "c": 2}}, found=False),
        arguments('{"label": "A"}', asked={"list": [{"label": "A"}]}, schema=_SCHEMA),
        arguments('{"b": 1}', schema=_SCHEMA),
        arguments('{"b": 2}', asked={"a": {"b": 1}}, schema=_SCHEMA, found=False),
        arguments('{"b": "one"}', schema=_SCHEMA, found=False),
        arguments('{"b": 1}', asked={"a": {"b": 1, "c": 2}}, found=False),
        arguments('{"x.y": "A"}', asked={"x.y": "A"}, schema=_SCHEMA, found=False),
        arguments('{"x.y": "A"}', schema=_SCHEMA, found=False),
        arguments('{"c.d": 1}', asked={"a": {"b": 1}}, schema=_SCHEMA, found=False),
        arguments('{"a.c": 1}', asked={"a": {"b": 1}}, schema=_SCHEMA, found=False),
        arguments('{"a": {"b": 1}}', asked={"a": {"b": 1}}, schema=_SCHEMA, found=False),
    ),
)
