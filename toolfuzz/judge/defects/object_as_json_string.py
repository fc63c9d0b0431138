"""An object arrives as a string that holds its JSON."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Ambiguous, Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import dumped


def explain(fact: Retyped) -> str | None:
    """Look for a parameter's object as text; further in it is another defect."""
    if fact.syntax != "JSON" or "object" not in fact.wanted or fact.depth > 1:
        return None
    return fact.as_text("object")


def note(fact: Ambiguous) -> Said | None:
    """Note text where the schema admits a string as well."""
    if fact.depth > 1 or not isinstance(fact.loaded, dict):
        return None
    said = "the schema admits a string and an object; can't tell which was meant"
    return Said(said, "info")


def simulate(place: Spot, rng: Random) -> Any:
    """An object parameter becomes a string that holds its JSON."""
    return dumped(place.value) if isinstance(place.value, dict) and place.depth == 1 else KEEP


DEFECT = Defect(
    slug="object-as-json-string",
    group="B",
    title="An object arrives as a string that holds its JSON",
    severity="error",
    layer="values",
    stage="values",
    usual="the serving engine's parser, which misses the parameter's type; also models",
    help=(
        "The classic of XML-like tool formats: values carry no type, so the parser must find "
        "it in the schema. References, unions and free-form objects defeat it. Inline $ref, "
        "drop unions, or update the parser; a client may decode strings where the schema wants "
        "an object."
    ),
    example='{"inputs":"{\\"a\\":1}"}',
    sources=(
        "anthropics/claude-code#16018",
        "antirez/ds4#569",
        "antirez/ds4#582",
        "antirez/ds4#729",
        "vllm-project/vllm#46924",
        "vllm-project/vllm#50933",
        "sgl-project/sglang#36626",
        "dkmaker/hass-pi-agent#42",
        "Toloka/tolokaforge#362",
        "anthropics/claude-ai-mcp#548",
        "netclaw-dev/netclaw#1094",
        "anomalyco/opencode#32812",
        "ddalcu/mlx-serve#94",
    ),
    indistinguishable=(
        "Where the schema admits a string as well, only the right answer decides; without one "
        "it is a note."
    ),
    explain={Retyped: explain, Ambiguous: note},
    outranks=before("object-as-json-string"),
    fault=changes(simulate),
    examples=(
        value('"{\\"a\\": 1}"', {"a": 1}, {"type": "object"}),
        value('"{\\"a\\": 1}"', '{"a": 1}', {"type": "string"}, found=False),
    ),
)
