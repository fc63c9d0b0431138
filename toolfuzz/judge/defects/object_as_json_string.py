"""An object arrives as a string that holds its JSON."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.defects._stringified import stringified
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import dumped


def simulate(place: Spot, rng: Random) -> Any:
    """An object parameter becomes a string that holds its JSON."""
    return dumped(place.value) if isinstance(place.value, dict) and place.depth == 1 else KEEP


DEFECT = Defect(
    slug="object-as-json-string",
    group="B",
    tells_of="serialization",
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
    explain=stringified("object"),
    outranks=before("object-as-json-string"),
    fault=changes(simulate),
    examples=(
        value('"{\\"a\\": 1}"', {"a": 1}, {"type": "object"}),
        value('"{\\"a\\": 1}"', '{"a": 1}', {"type": "string"}, found=False),
    ),
)
