"""A number arrives as a string."""

import re
from random import Random
from typing import Any

from toolfuzz.core.json import JsonError, parse
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import dumped, is_number, is_tied
from toolfuzz.judge.spelled import same_number

_NUMBER = re.compile(r"\s*-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\s*", re.ASCII)

_THOUSANDS = re.compile(r"\s*-?\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*", re.ASCII)


def explain(fact: Retyped) -> str | None:
    """Look for JSON's spelling of a number in a string."""
    if not isinstance(fact.came, str) or not {"integer", "number"}.intersection(fact.wanted):
        return None
    text = fact.came.replace(",", "") if _THOUSANDS.fullmatch(fact.came) else fact.came
    if not _NUMBER.fullmatch(text):
        return None
    changed = fact.exact and not same_number(fact.expected, _value(text))
    return f"the number came as a string{' and changed' if changed else ''}"


def _value(text: str) -> object:
    try:
        return parse(text).value
    except JsonError:
        return None


def simulate(place: Spot, rng: Random) -> Any:
    """A number becomes a string that holds its digits."""
    fits = is_number(place.value) and "string" not in place.types and not is_tied(place)
    return dumped(place.value) if fits else KEEP


DEFECT = Defect(
    slug="number-as-string",
    group="B",
    tells_of="serialization",
    title="A number arrives as a string",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser that ignores the schema, or the model",
    help=(
        "Always for every number: the parser. Sometimes: the model. Strict clients refuse it; "
        "a tolerant tool may convert where its schema says number."
    ),
    example='{"maxResults":"10"}',
    sources=(
        "antirez/ds4#569",
        "QwenLM/qwen-code#477",
        "anomalyco/opencode#7513",
        "ai-dynamo/frontend-crates#248",
        "vllm-project/vllm#47906",
    ),
    explain={Retyped: explain},
    outranks=before("number-as-string"),
    fault=changes(simulate),
    examples=(
        value('"10"', 10, {"type": "integer"}),
        value('"-1.5"', -1.5, {"type": "number"}),
        value('"1,000,000"', 1000000, {"type": "integer"}),
        value('"1,2"', 12, {"type": "integer"}, found=False),
        value('"10"', "10", {"type": "string"}, found=False),
    ),
)
