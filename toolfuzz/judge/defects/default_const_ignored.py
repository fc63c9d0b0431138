"""A constant or a documented default was contradicted."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf, Unasked
from toolfuzz.judge.example import arguments, value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot


def explain(fact: Unasked) -> str | None:
    """Look for another value than the default where none was asked for."""
    return "the documented default was replaced unasked" if fact.defaults else None


def explain_leaf(fact: Leaf) -> str | None:
    """Look for another value than the constant."""
    return fact.fault.message if fact.fault and fact.fault.about == "const" else None


_SCHEMA = {"properties": {"path": {"type": "string"}, "delay": {"default": 0.5}}}


def simulate(place: Spot, rng: Random) -> Any:
    """A constant gets another value."""
    if "const" not in place.schema or place.in_union:
        return KEEP
    match place.schema["const"]:
        case bool(value):
            return not value
        case int(value) | float(value):
            return value + 1
        case str(value):
            return f"{value}_v2"
    return KEEP


DEFECT = Defect(
    slug="default-const-ignored",
    group="D",
    tells_of="understanding",
    title="A constant or a documented default was contradicted",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model",
    help="Leave constants out of the parameters and set them in the tool.",
    example='{"version":2} for const 1',
    pairs=("enum-violation", "schema-unenforced"),
    explain={Unasked: explain, Leaf: explain_leaf},
    outranks=before("default-const-ignored"),
    fault=changes(simulate),
    examples=(
        value('"b"', "a", {"const": "a"}),
        arguments('{"path": "/tmp", "delay": 0.25}', asked={"path": "/tmp"}, schema=_SCHEMA),
        arguments(
            '{"path": "/tmp", "delay": 0.5}', asked={"path": "/tmp"}, schema=_SCHEMA, found=False
        ),
    ),
)
