"""A positional array has the wrong length or item types."""

from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import kind_of
from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf, Reordered, Resized
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot


def explain(fact: Reordered) -> str:
    """Tell of the right items in another order."""
    return "the items are in another order"


def explain_length(fact: Resized) -> str | None:
    """Look for a tuple of another length."""
    return fact.fault.message if fact.fault and fact.fault.about == "tuple" else None


def explain_item(fact: Leaf) -> str | Said | None:
    """Look for an item that its position doesn't admit."""
    if fact.fault is None:
        return None
    if fact.fault.about == "tuple" and not fact.exact:
        return fact.fault.message
    if not fact.in_tuple or not (fact.exact or fact.fault.about == "type"):
        return None
    return Said(f"item {fact.step.key} has no place there", above=True)


_SCHEMA = {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}


def simulate(place: Spot, rng: Random) -> Any:
    """The items of a tuple are in the wrong order, or one is gone."""
    if not isinstance(place.value, list) or not isinstance(place.schema.get("prefixItems"), list):
        return KEEP
    turned = place.value[::-1]
    if [kind_of(v) for v in turned] != [kind_of(v) for v in place.value]:
        return turned
    return place.value[:-1] if place.schema.get("minItems") else KEEP


DEFECT = Defect(
    slug="tuple-violated",
    group="D",
    tells_of="serialization",
    title="A positional array has the wrong length or item types",
    severity="error",
    layer="schema",
    stage="values",
    usual="a schema conversion that drops prefixItems",
    help="Replace tuples by objects with named members.",
    example='["a","b"] for [int,int]',
    sources=("NousResearch/hermes-agent#71804", "AnswerDotAI/toolslm#85"),
    pairs=("constraint-violation", "schema-unenforced"),
    explain={Reordered: explain, Resized: explain_length, Leaf: explain_item},
    outranks=before("tuple-violated"),
    fault=changes(simulate),
    examples=(
        value('[1, "a"]', ["a", 1], _SCHEMA),
        value('["a", 1]', ["a", 1], _SCHEMA, found=False),
    ),
)
