"""A string was cut at a closing tag that is part of it."""

import re

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value
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

DEFECT = Defect(
    slug="delimiter-truncated",
    group="C",
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
    examples=(
        value('"a "', "a </parameter> b", _SCHEMA),
        value('"a </parameter> b"', "a </parameter> b", _SCHEMA, found=False),
        value('"a "', "a and b", _SCHEMA, found=False),
    ),
)
