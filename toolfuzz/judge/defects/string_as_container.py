"""A string that holds JSON arrives as the parsed object or array."""

from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import a_kind, equal, kind_of
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import loaded_text
from toolfuzz.judge.spelled import json_text, python_container


def explain(fact: Retyped) -> str | None:
    """Look for the container that the right text spells, or for any where a string belongs."""
    came, right = fact.came, fact.expected
    if not isinstance(came, dict | list) or "string" not in fact.wanted:
        return None
    if not isinstance(right, str):
        return f"{a_kind(came)} where a string belongs"
    loaded = json_text(right)
    loaded = python_container(right) if loaded is None else loaded
    if loaded is not None and equal(loaded, came):
        return f"the text was parsed into {a_kind(came)}"
    if kind_of(loaded) == kind_of(came):
        return f"the text was parsed into {a_kind(came)} and changed"
    if right.lstrip().startswith("{" if isinstance(came, dict) else "["):
        return f"the beginning of the text was parsed into {a_kind(came)}"
    return None


def simulate(place: Spot, rng: Random) -> Any:
    """A string that holds JSON becomes the object or array itself."""
    value = loaded_text(place.value)
    return value if isinstance(value, dict | list) else KEEP


DEFECT = Defect(
    slug="string-as-container",
    group="B",
    tells_of="serialization",
    title="A string that holds JSON arrives as the parsed object or array",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser that loads whatever looks like JSON, or the model",
    help=(
        "File contents and payloads change type. Report it; wrap such text in a code block or "
        "a file reference meanwhile."
    ),
    example='{"content":{"name":"app"}}',
    sources=(
        "waybarrios/vllm-mlx#95",
        "openclaw/openclaw#102297",
        "epam/dm.ai#461",
        "ai-dynamo/frontend-crates#215",
    ),
    explain={Retyped: explain},
    outranks=before("string-as-container"),
    fault=changes(simulate),
    examples=(
        value('{"a": 1}', '{"a": 1}', {"type": "string"}),
        value('{"a": 1}', {"a": 1}, {"type": "object"}, found=False),
    ),
)
