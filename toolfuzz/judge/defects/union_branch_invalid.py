"""The value fits no branch of its union, or mixes several."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf, OtherBranch
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot, branches


def explain(fact: OtherBranch) -> str | None:
    """Look for an object with members or the mark of another branch."""
    if fact.admitted:
        return None
    if fact.mark is not None:
        return f"{fact.mark!r} names another branch than the members"
    return f"{fact.foreign!r} belongs to another branch"


def explain_leaf(fact: Leaf) -> str | None:
    """Look for a value that fits no branch, or more than oneOf admits."""
    return fact.fault.message if fact.fault and fact.fault.about == "union" else None


_SCHEMA = {
    "oneOf": [
        {
            "properties": {"kind": {"const": "disc"}, "radius": {"type": "integer"}},
            "required": ["kind", "radius"],
            "additionalProperties": False,
        },
        {
            "properties": {"kind": {"const": "box"}, "side": {"type": "integer"}},
            "required": ["kind", "side"],
            "additionalProperties": False,
        },
    ]
}


def simulate(place: Spot, rng: Random) -> Any:
    """An object says that it is of a kind that none of the branches is."""
    if not isinstance(place.value, dict) or "oneOf" not in place.schema:
        return KEEP
    for branch in branches(place.schema, place.root):
        for key, item in branch.get("properties", {}).items():
            if isinstance(item, dict) and "const" in item and key in place.value:
                return {**place.value, key: "no_such_kind"}
    return KEEP


DEFECT = Defect(
    slug="union-branch-invalid",
    group="D",
    tells_of="understanding",
    title="The value fits no branch of its union, or mixes several",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a pipeline that flattens unions",
    help="Split the tool by branch, or give each branch a constant that tells it apart.",
    example='{"kind":"a","field_of_b":1}',
    sources=(
        "sgl-project/sglang#36626",
        "generative-computing/mellea#1105",
        "PrefectHQ/fastmcp#5051",
        "LionSR/TeXRA#4276",
    ),
    pairs=("default-const-ignored", "unknown-param", "schema-unenforced"),
    explain={OtherBranch: explain, Leaf: explain_leaf},
    outranks=before("union-branch-invalid"),
    fault=changes(simulate),
    examples=(
        value('{"kind": "box", "radius": 1}', {"kind": "disc", "radius": 1}, _SCHEMA),
        value('{"kind": "disc", "radius": 1}', {"kind": "disc", "radius": 1}, _SCHEMA, found=False),
    ),
)
