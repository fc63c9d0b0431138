"""null arrives as the text null or None."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.spelled import NULLS


def explain(fact: Retyped) -> str | None:
    """Look for a word that means null."""
    if "null" not in fact.wanted or not isinstance(fact.came, str):
        return None
    if fact.came.strip().casefold() not in NULLS:
        return None
    return f"the text {fact.came!r} instead of null"


_SCHEMA = {"type": ["string", "null"]}


def simulate(place: Spot, rng: Random) -> Any:
    """A null becomes "null" or "None"."""
    return rng.choice(["null", "None"]) if place.value is None else KEEP


DEFECT = Defect(
    slug="null-as-string",
    group="B",
    tells_of="serialization",
    title="null arrives as the text null or None",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser of GLM, MiniMax or Qwen text with nullable types",
    help=(
        "Tools then search for the text None. Leave out optional parameters rather than making "
        "them nullable."
    ),
    example='{"value":"None"}',
    sources=("sgl-project/sglang#39136", "ai-dynamo/frontend-crates#248"),
    explain={Retyped: explain},
    outranks=before("null-as-string"),
    fault=changes(simulate),
    examples=(
        value('"null"', None, _SCHEMA),
        value('"null"', "null", _SCHEMA, found=False),
    ),
)
