"""A string was cut at a closing tag that is part of it."""

import re
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import unless_same
from toolfuzz.judge.spelled import NATIVE_TAGS

_DELIMITER = re.compile(rf"{NATIVE_TAGS}|<[|｜]|</?think", re.ASCII)


def explain(fact: Reworded) -> str | None:
    """Look for text that stops where it holds a tag of the model's own format."""
    return fact.tell(_cut)


def _cut(expected: str, came: str) -> str | None:
    if not expected.startswith(came):
        return None
    tail = expected[len(came) :].lstrip()
    return f"cut at {tail[:16]!r}, which is part of the text" if _DELIMITER.match(tail) else None


_SCHEMA = {"type": "string"}


_TAG = re.compile(
    r"</(?:parameter|arg_value|arg_key|tool_call|function|invoke)>|<\|im_end\|>|<tool_call>"
)


def simulate(place: Spot, rng: Random) -> Any:
    """A string ends where it holds a tag of the native format."""
    return unless_same(place, lambda text: _TAG.split(text, maxsplit=1)[0])


DEFECT = Defect(
    slug="delimiter-truncated",
    group="C",
    tells_of="serialization",
    title="A string was cut at a closing tag that is part of it",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's parser or the model's text format",
    help=(
        "Text that quotes the model's own tags can't be sent through this format. Update the "
        "parser, or encode such content before it is asked for."
    ),
    example='{"text":"ends with "} for "ends with </parameter> here."',
    sources=(
        "vllm-project/vllm#44060",
        "raullenchai/Rapid-MLX#1515",
        "raullenchai/Rapid-MLX#1542",
        "smg-project/smg#1942",
        "local-inference-lab/vllm#639",
    ),
    pairs=("value-emptied",),
    explain={Reworded: explain},
    outranks=before("delimiter-truncated"),
    fault=changes(simulate),
    examples=(
        value('"a "', "a </parameter> b", _SCHEMA),
        value('"a </parameter> b"', "a </parameter> b", _SCHEMA, found=False),
        value('"a "', "a and b", _SCHEMA, found=False),
    ),
)
