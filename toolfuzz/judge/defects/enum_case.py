"""An enum's member in another case or with other separators."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import enum_members
from toolfuzz.judge.schema import closest_members


def explain(fact: Leaf) -> str | None:
    """Look for a member in another case, with other hyphens or spaces."""
    if fact.came in fact.place.enum:
        return None
    if fact.expected in closest_members(fact.place.enum, fact.came):
        return f"{fact.came!r} is spelled {fact.expected!r} in the enum"
    if not fact.fault or fact.fault.about != "enum":
        return None
    members = closest_members(fact.fault.value, fact.came)
    return f"{fact.came!r} is spelled {members[0]!r} in the enum" if len(members) == 1 else None


_SCHEMA = {"enum": ["in-progress", "done"]}


def simulate(place: Spot, rng: Random) -> Any:
    """The right member of an enum in the wrong case."""
    members = enum_members(place)
    if not isinstance(place.value, str) or not members:
        return KEEP
    changed = place.value.swapcase()
    taken = [m for m in members if isinstance(m, str) and m.casefold() == changed.casefold()]
    return changed if changed != place.value and len(taken) == 1 else KEEP


DEFECT = Defect(
    slug="enum-case",
    group="D",
    tells_of="understanding",
    title="An enum's member in another case or with other separators",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model",
    help="Use lower-case members without separators, or match them case-insensitively in the tool.",
    example='{"stage":"Customer"} for customer',
    sources=("margince/margince#417",),
    pairs=("schema-unenforced",),
    explain={Leaf: explain},
    outranks=before("enum-case"),
    fault=changes(simulate),
    examples=(
        value('"In Progress"', "in-progress", _SCHEMA),
        value('"in-progress"', "in-progress", _SCHEMA, found=False),
        value('"late"', "done", _SCHEMA, found=False),
    ),
)
