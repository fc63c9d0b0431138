"""An array arrives inside an object, or each item does."""

from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import equal
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import ItemsWrapped, Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.spelled import unwrapped_items
from toolfuzz.judge.step import UNKNOWN

_SAID = "an object around the array's items"


def explain(fact: Retyped) -> str | None:
    """Look for an object around the items, as XML has it."""
    inner = unwrapped_items(fact.came)
    if "array" not in fact.wanted or inner is UNKNOWN:
        return None
    right = fact.expected
    return _SAID if not fact.exact or equal(inner, right) or equal([inner], right) else None


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
    title="An array arrives inside an object, or each item does",
    severity="error",
    layer="values",
    stage="values",
    usual="a model with XML habits",
    help="Name the array in the plural and show an example in the description.",
    example='{"ids":{"item":14}}',
    sources=("NousResearch/hermes-agent#99290",),
    explain={Retyped: explain, ItemsWrapped: explain_items},
    outranks=before("array-item-wrapped"),
    fault=changes(simulate),
    examples=(
        value('[{"item": 1}, {"item": 2}]', [1, 2], _SCHEMA),
        value('{"item": [1, 2]}', [1, 2], _SCHEMA),
        value(
            '[{"item": 1}]',
            [{"item": 1}],
            {"type": "array", "items": {"type": "object"}},
            found=False,
        ),
    ),
)
