"""Whitespace was added to a string."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.defects._whitespace import inner_change, outer_change
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes, plain_string
from toolfuzz.judge.faults.schema import Spot


def explain(fact: Reworded) -> str | None:
    """Look for text that is the same but for more whitespace."""
    at = outer_change(str(fact.expected), str(fact.came))
    if at:
        return f"whitespace added at the {at}"
    return "whitespace added" if inner_change(str(fact.expected), str(fact.came)) else None


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """The line breaks of the native format stay around a string."""
    fits = plain_string(place) and place.value and place.value.strip() == place.value
    return f"\n{place.value}\n" if fits else KEEP


DEFECT = Defect(
    slug="whitespace-added",
    group="C",
    tells_of="serialization",
    title="Whitespace was added to a string",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser that keeps the format's own newlines",
    help="Trim where outer whitespace has no meaning, and report it.",
    example='{"city":"\\nParis\\n"}',
    sources=("vllm-project/vllm#54808",),
    explain={Reworded: explain},
    outranks=before("whitespace-added"),
    fault=changes(simulate),
    examples=(
        value('"\\nParis\\n"', "Paris", _SCHEMA),
        value('"a\\r\\nb"', "a\nb", _SCHEMA),
        value('"\\nParis\\n"', "\nParis\n", _SCHEMA, found=False),
        value('"a bc"', "ab", _SCHEMA, found=False),
    ),
)
