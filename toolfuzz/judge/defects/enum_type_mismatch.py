"""A numeric or boolean member of an enum came as a string."""

import json
from random import Random
from typing import Any

from toolfuzz.core.case import Json
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import enum_members


def explain(fact: Retyped) -> str | None:
    """Look for a member that is no string, spelled as one."""
    if not isinstance(fact.came, str) or not _SCALARS.intersection(fact.wanted):
        return None
    text = fact.came.strip().casefold()
    spelled = any(
        not isinstance(member, str) and _spelled(member) == text for member in fact.place.enum
    )
    return "the enum's member came as a string" if spelled else None


_SCALARS = frozenset({"integer", "number", "boolean"})


def _spelled(member: Json) -> str:
    return "null" if member is None else str(member).casefold()


def simulate(place: Spot, rng: Random) -> Any:
    """A member that is a number or boolean comes as its text."""
    fits = len(enum_members(place)) > 1 and isinstance(place.value, bool | int | float)
    return json.dumps(place.value) if fits else KEEP


DEFECT = Defect(
    slug="enum-type-mismatch",
    group="D",
    tells_of="serialization",
    title="A numeric or boolean member of an enum came as a string",
    severity="error",
    layer="schema",
    stage="values",
    usual="a gateway that turns enums into strings",
    help="Use string enums throughout, and convert in the tool.",
    example='{"minutes":"60"} for 60 or 1440',
    sources=(
        "NousResearch/hermes-agent#14104",
        "NousResearch/hermes-agent#15082",
        "anomalyco/opencode#12784",
    ),
    pairs=("number-as-string", "boolean-as-string", "schema-unenforced"),
    explain={Retyped: explain},
    outranks=before("enum-type-mismatch"),
    fault=changes(simulate),
    examples=(
        value('"60"', 60, {"type": "integer", "enum": [15, 60]}),
        value('"60"', "60", {"enum": ["60"]}, found=False),
    ),
)
