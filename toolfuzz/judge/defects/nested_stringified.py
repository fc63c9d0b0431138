"""A container further in arrives as a string that holds its JSON."""

from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import kind_of
from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.defects._stringified import undecided
from toolfuzz.judge.differences import Ambiguous, Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import dumped


def explain(fact: Retyped) -> str | None:
    """Look for a container as text below a parameter."""
    if fact.syntax != "JSON" or fact.depth <= 1:
        return None
    return fact.as_text("array" if "array" in fact.wanted else "object")


def note(fact: Ambiguous) -> Said | None:
    """Note text where the schema admits a string as well."""
    return undecided(kind_of(fact.loaded)) if fact.depth > 1 else None


def simulate(place: Spot, rng: Random) -> Any:
    """A container further in becomes a string that holds its JSON."""
    return dumped(place.value) if isinstance(place.value, dict | list) and place.depth > 1 else KEEP


_SCHEMA = {"type": "object"}

DEFECT = Defect(
    slug="nested-stringified",
    group="B",
    tells_of="serialization",
    title="A container further in arrives as a string that holds its JSON",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Deep structures wear models out. Flatten the schema to at most two levels, or decode "
        "strings at the reported path."
    ),
    example='{"data":{"task":"{\\"id\\":1}"}}',
    sources=(
        "anomalyco/opencode#19175",
        "anomalyco/opencode#24912",
        "nextlevelbuilder/goclaw#1319",
        "pocketpaw/pocketpaw#1636",
        "hybridindie/godot-mcp#394",
    ),
    pairs=("recursive-collapse",),
    explain={Retyped: explain, Ambiguous: note},
    outranks=before("nested-stringified"),
    fault=changes(simulate),
    examples=(
        value('{"deep": "{\\"a\\": 1}"}', {"deep": {"a": 1}}, _SCHEMA),
        value('"{\\"a\\": 1}"', {"a": 1}, _SCHEMA, found=False),
    ),
)
