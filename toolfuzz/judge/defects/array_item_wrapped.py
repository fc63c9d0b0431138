"""An array arrives inside an object or another array, or each item does."""

from random import Random
from typing import Any

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import equal
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import ItemsWrapped, Resized, Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.spelled import unwrapped_items
from toolfuzz.judge.step import UNKNOWN

_SAID = "an object around the array's items"


def explain(fact: Retyped) -> str | None:
    """Look for an object around the items, as XML has it."""
    inner, right = unwrapped_items(fact.came), fact.expected
    if "array" not in fact.wanted:
        return None
    if fact.exact and isinstance(fact.came, dict) and _numbered(fact.came, right):
        return "an object with the items' numbers as its keys"
    if inner is UNKNOWN:
        return None
    return _SAID if not fact.exact or equal(inner, right) or equal([inner], right) else None


def _numbered(came: JsonObject, right: Json) -> bool:
    return list(came) == [str(n) for n in range(len(came))] and equal(list(came.values()), right)


def explain_array(fact: Resized) -> str | None:
    """Look for an array around the array."""
    came = fact.came
    around = fact.exact and len(came) == 1 and equal(came[0], fact.expected)
    return "an array around the array" if around else None


def explain_items(fact: ItemsWrapped) -> str:
    """Tell of an array of such objects."""
    return _SAID


_SCHEMA = {"type": "array", "items": {"type": "integer"}}


def simulate(place: Spot, rng: Random) -> Any:
    """The items of a list are wrapped in ``{"item": …}``."""
    items = place.value
    if not isinstance(items, list) or not items or any(isinstance(i, dict | list) for i in items):
        return KEEP
    return {"item": items[0]} if len(items) == 1 else [{"item": item} for item in items]


DEFECT = Defect(
    slug="array-item-wrapped",
    group="B",
    tells_of="understanding",
    title="An array arrives inside an object or another array, or each item does",
    severity="error",
    layer="values",
    stage="values",
    usual="a model with XML habits",
    help="Name the array in the plural and show an example in the description.",
    example='{"ids":{"item":14}}',
    sources=("NousResearch/hermes-agent#99290",),
    explain={Retyped: explain, ItemsWrapped: explain_items, Resized: explain_array},
    outranks=before("array-item-wrapped"),
    fault=changes(simulate),
    examples=(
        value('[{"item": 1}, {"item": 2}]', [1, 2], _SCHEMA),
        value('{"item": [1, 2]}', [1, 2], _SCHEMA),
        value("[[1, 2]]", [1, 2], _SCHEMA),
        value('{"0": 1, "1": 2}', [1, 2], _SCHEMA),
        value("[[1, 2]]", [[1, 2]], {"type": "array"}, found=False),
        value(
            '[{"item": 1}]',
            [{"item": 1}],
            {"type": "array", "items": {"type": "object"}},
            found=False,
        ),
    ),
)
