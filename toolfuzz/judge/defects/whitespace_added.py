"""Whitespace was added around a string."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.defects._whitespace import outer_change
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value


def explain(fact: Reworded) -> str | None:
    """Look for text that is the same but for more outer whitespace."""
    at = outer_change(str(fact.expected), str(fact.came))
    return f"whitespace added at the {at}" if at else None


_SCHEMA = {"type": "string"}

DEFECT = Defect(
    slug="whitespace-added",
    group="C",
    title="Whitespace was added around a string",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser that keeps the format's own newlines",
    help="Trim where outer whitespace has no meaning, and report it.",
    example='{"city":"\\nParis\\n"}',
    sources=("vllm-project/vllm#54808",),
    explain={Reworded: explain},
    outranks=before("whitespace-added"),
    examples=(
        value('"\\nParis\\n"', "Paris", _SCHEMA),
        value('"\\nParis\\n"', "\nParis\n", _SCHEMA, found=False),
    ),
)
