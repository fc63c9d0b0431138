"""Whitespace of a string was removed."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.defects._whitespace import inner_change, outer_change
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot


def explain(fact: Reworded) -> str | None:
    """Look for text that is the same but for lost whitespace."""
    at = outer_change(str(fact.came), str(fact.expected))
    if at:
        return f"whitespace lost at the {at}"
    return "whitespace lost" if inner_change(str(fact.came), str(fact.expected)) else None


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """Space at the ends of a string is lost."""
    text = place.value
    if not isinstance(text, str) or not text.strip() or text.strip() == text:
        return KEEP
    return text.strip()


DEFECT = Defect(
    slug="whitespace-stripped",
    group="C",
    tells_of="serialization",
    title="Whitespace of a string was removed",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser that strips values",
    help=(
        "Exact-match edits and indented code break. Report it to the parser; it is a known "
        "one-line fix."
    ),
    example='{"old":"return 1"} for "    return 1\\n"',
    sources=(
        "vllm-project/vllm#48753",
        "vllm-project/vllm#48846",
        "vllm-project/vllm#42026",
        "sgl-project/sglang#20543",
        "sgl-project/sglang#20824",
        "waybarrios/vllm-mlx#808",
        "ardanlabs/kronk#796",
    ),
    pairs=("value-emptied",),
    explain={Reworded: explain},
    outranks=before("whitespace-stripped"),
    fault=changes(simulate),
    examples=(
        value('"return 1"', "    return 1\n", _SCHEMA),
        value('"if x: return 1"', "if x:\n    return 1", _SCHEMA),
        value('"a b"', "a\tb", _SCHEMA),
        value('"    return 1\\n"', "    return 1\n", _SCHEMA, found=False),
    ),
)
