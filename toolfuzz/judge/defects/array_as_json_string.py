"""An array arrives as a string that holds its JSON."""

from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import equal
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.defects._stringified import stringified
from toolfuzz.judge.differences import Resized
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import dumped
from toolfuzz.judge.spelled import json_text


def simulate(place: Spot, rng: Random) -> Any:
    """An array parameter becomes a string that holds its JSON."""
    return dumped(place.value) if isinstance(place.value, list) and place.depth == 1 else KEEP


def explain_pieces(fact: Resized) -> str | None:
    """Look for the JSON of the list in its items, whole or cut at the commas."""
    came = fact.came
    if not fact.exact or not came or not all(isinstance(item, str) for item in came):
        return None
    whole = equal(json_text(",".join(came), "["), fact.expected)
    return "its JSON came as the text of its items" if whole else None


DEFECT = Defect(
    slug="array-as-json-string",
    group="B",
    tells_of="serialization",
    title="An array arrives as a string that holds its JSON",
    severity="error",
    layer="values",
    stage="values",
    usual="the serving engine's parser, many models as well",
    help=(
        "As with objects: inline references, avoid nullable arrays and unions in items, or "
        "decode where the schema wants an array."
    ),
    example='{"todos":"[{\\"id\\":1}]"}',
    sources=(
        "anomalyco/opencode#10813",
        "anomalyco/opencode#8249",
        "anomalyco/opencode#24912",
        "anomalyco/opencode#7513",
        "sgl-project/sglang#15753",
        "NousResearch/hermes-agent#12640",
        "we-promise/sure#2072",
        "czlonkowski/n8n-mcp#727",
        "anthropics/claude-code#76906",
    ),
    indistinguishable=(
        "Where the schema admits a string as well, only the right answer decides; without one "
        "it is a note."
    ),
    explain={**stringified("array"), Resized: explain_pieces},
    outranks=before("array-as-json-string"),
    fault=changes(simulate),
    examples=(
        value('"[1, 2]"', [1, 2], {"type": "array", "items": {"type": "integer"}}),
        value('["[\\"a\\",\\"b\\"]"]', ["a", "b"], {"type": "array"}),
        value('["[\\"a\\"", "\\"b\\"]"]', ["a", "b"], {"type": "array"}),
        value('["[1]", "[2]"]', ["[1]", "[2]"], {"type": "array"}, found=False),
        value('"[1, 2]"', "[1, 2]", {"type": "string"}, found=False),
    ),
)
