"""An object or array arrives as a string in Python syntax."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import holds_json


def explain(fact: Retyped) -> str | None:
    """Look for text that Python reads as a container and JSON doesn't."""
    if fact.syntax != "Python":
        return None
    return f"the {fact.container} came as a string in Python syntax"


def simulate(place: Spot, rng: Random) -> Any:
    """A container becomes a string that holds its Python literal."""
    if not isinstance(place.value, dict | list):
        return KEEP
    text = repr(place.value)
    return KEEP if holds_json(text) else text


DEFECT = Defect(
    slug="container-as-python-repr",
    group="B",
    tells_of="serialization",
    title="An object or array arrives as a string in Python syntax",
    severity="error",
    layer="values",
    stage="values",
    usual="a model that writes Python in an XML-like format",
    help=(
        "The parser could not load the text as JSON and kept it. Check that the chat template "
        "renders the history as JSON."
    ),
    example="{\"settings\":\"{'theme': 'dark'}\"}",
    sources=("waybarrios/vllm-mlx#63", "modelscope/ms-swift#10169"),
    explain={Retyped: explain},
    outranks=before("container-as-python-repr"),
    fault=changes(simulate),
    examples=(
        value("\"{'a': True}\"", {"a": True}, {"type": "object"}),
        value("\"{'a': True}\"", "{'a': True}", {"type": "string"}, found=False),
    ),
)
