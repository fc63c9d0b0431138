"""A single value came wrapped in an array or an object."""

from random import Random
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import kind_of, same
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped, Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import dumped, is_tied
from toolfuzz.judge.spelled import json_text


def explain(fact: Retyped) -> str | None:
    """Look for an array that holds nothing but the value, the text of one, or an object."""
    came, text = fact.came, isinstance(fact.came, str)
    if fact.container == "array" or (text and fact.container):
        return None
    if isinstance(came, dict) and fact.exact:
        return _in_object(came, fact.step.key, fact.expected)
    if text:
        came = json_text(came, "[")
    if not isinstance(came, list) or len(came) != 1:
        return None
    one = same(came[0], fact.expected) if fact.exact else fact.place.admits(came[0])
    return (
        f"{'the text of ' if text else ''}an array around the {kind_of(came[0])}" if one else None
    )


def _in_object(came: JsonObject, name: str | int, right: Json) -> str | None:
    held = [key for key in came if key in _HOLDERS or key == name]
    alone = len(held) == 1 and came.keys() <= {held[0], *_BESIDE}
    return (
        f"an object around the {kind_of(right)}" if alone and same(came[held[0]], right) else None
    )


def explain_text(fact: Reworded) -> str | None:
    """Look for the text of such an array."""
    return fact.tell(_array_text)


def _array_text(expected: str, came: str) -> str | None:
    return (
        "the text of a JSON array around the string" if json_text(came, "[") == [expected] else None
    )


_SCHEMA = {"type": "string"}
_HOLDERS = frozenset({"value", "text", "content", "item", "string", "#text"})
# What a model copies from the schema beside it.
_BESIDE = frozenset({"type", "description", "title", "name"})


def simulate(place: Spot, rng: Random) -> Any:
    """A string comes in the brackets of a list, as text or as a real list."""
    if not isinstance(place.value, str) or is_tied(place) or "array" in place.types:
        return KEEP
    return rng.choice([dumped([place.value]), [place.value]])


DEFECT = Defect(
    slug="string-array-wrapped",
    group="B",
    tells_of="understanding",
    title="A single value came wrapped in an array or an object",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help="Seen with small coder models. Say in the description that exactly one value is wanted.",
    example='{"path":"[\\"SKILL.md\\"]"}',
    sources=("tidyverse/ellmer#931",),
    explain={Retyped: explain, Reworded: explain_text},
    outranks=before("string-array-wrapped"),
    fault=changes(simulate),
    examples=(
        value('["red"]', "red", _SCHEMA),
        value('"[\\"red\\"]"', "red", _SCHEMA),
        value("[100]", 100, {"type": "integer"}),
        value('"[100]"', 100, {"type": "integer"}),
        value('"[false]"', False, {"type": "boolean"}),
        value('{"value": "red"}', "red", _SCHEMA),
        value('{"type": "integer", "value": 5}', 5, {"type": "integer"}),
        value('[{"a": 1}]', {"a": 1}, {"type": "object"}),
        value("[100]", 7, {"type": "integer"}, found=False),
        value('{"value": "red"}', {"value": "red"}, {"type": "object"}, found=False),
        value('{"colour": "red"}', "red", _SCHEMA, found=False),
        value('["red"]', ["red"], {"type": "array", "items": _SCHEMA}, found=False),
        value('"[\\"red\\"]"', '["red"]', _SCHEMA, found=False),
    ),
)
