"""A value outside the enum."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import enum_members


def explain(fact: Leaf) -> str | None:
    """Look for a value that is no member."""
    return fact.fault.message if fact.fault and fact.fault.about == "enum" else None


_SCHEMA = {"enum": ["in-progress", "done"]}


def simulate(place: Spot, rng: Random) -> Any:
    """A word that the enum doesn't have."""
    members = enum_members(place)
    fits = len(members) > 1 and all(isinstance(m, str) for m in members)
    return "none_of_these" if fits and isinstance(place.value, str) else KEEP


DEFECT = Defect(
    slug="enum-violation",
    group="D",
    tells_of="understanding",
    title="A value outside the enum",
    severity="error",
    layer="schema",
    stage="values",
    usual="a model without constrained decoding",
    help=(
        "List the members in the description, and use strict tools where the server enforces them."
    ),
    example='{"state":"archived"} for open or closed',
    sources=("anomalyco/opencode#33150", "openmake/openmake_llm#781"),
    pairs=("default-const-ignored", "schema-unenforced"),
    explain={Leaf: explain},
    outranks=before("enum-violation"),
    fault=changes(simulate),
    examples=(
        value('"late"', "done", _SCHEMA),
        value('"done"', "done", _SCHEMA, found=False),
        value('"in-progress"', "done", _SCHEMA, found=False),
    ),
)
