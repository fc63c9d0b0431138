"""A string arrived empty."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value


def explain(fact: Reworded) -> str | None:
    """Look for nothing, or only whitespace, instead of text."""
    return "the text is gone" if fact.expected.strip() and not fact.came.strip() else None


_SCHEMA = {"type": "string"}

DEFECT = Defect(
    slug="value-emptied",
    group="C",
    title="A string arrived empty",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser with reasoning on, or the model",
    help=(
        "Validation passes without minLength. Ask with reasoning off to see whether the parser "
        "loses the value."
    ),
    example='{"path":""}',
    sources=("Avarok-Cybersecurity/atlas#73", "vllm-project/vllm-ascend#10182"),
    pairs=("delimiter-truncated",),
    explain={Reworded: explain},
    outranks=before("value-emptied"),
    examples=(
        value('" "', "Paris", _SCHEMA),
        value('""', "", _SCHEMA, found=False),
    ),
)
