"""A recursive structure ends too early."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Lost, Resized
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot, resolve


def explain(fact: Lost) -> str | None:
    """Look for a node without its branches."""
    first = fact.keys[0]
    right = fact.right[first]
    if not fact.known or fact.required or not isinstance(right, dict | list):
        return None
    if not fact.around.child(first, right).is_recursive:
        return None
    return f"the recursive structure ends before {first!r}"


def explain_items(fact: Resized) -> str | None:
    """Look for a node whose branches are an empty array."""
    if fact.came or not fact.place.is_recursive:
        return None
    return "the recursive structure ends too early, with []"


_SCHEMA = {
    "properties": {"tree": {"$ref": "#/$defs/Node"}},
    "$defs": {
        "Node": {
            "properties": {
                "name": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            }
        }
    },
}


def simulate(place: Spot, rng: Random) -> Any:
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


DEFECT = Defect(
    slug="recursive-collapse",
    group="D",
    tells_of="understanding",
    title="A recursive structure ends too early",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a pipeline that cuts references",
    help="Send trees as flat lists with parent ids.",
    example='{"children":[]} for a tree of three levels',
    sources=("Toloka/tolokaforge#362", "Avick3110/houseCARL#465"),
    indistinguishable="A stringified inner tree is reported as nested-stringified.",
    pairs=("nested-stringified", "value-nulled", "object-emptied", "schema-unenforced"),
    explain={Lost: explain, Resized: explain_items},
    outranks=before("recursive-collapse"),
    fault=changes(simulate),
    examples=(
        arguments(
            '{"tree": {"name": "a", "children": []}}',
            asked={"tree": {"name": "a", "children": [{"name": "b"}]}},
            schema=_SCHEMA,
        ),
        arguments(
            '{"tree": {"name": "a", "children": []}}',
            asked={"tree": {"name": "a", "children": []}},
            schema=_SCHEMA,
            found=False,
        ),
    ),
)
