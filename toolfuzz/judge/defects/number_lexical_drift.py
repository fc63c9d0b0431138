"""The same number, spelled differently."""

from toolfuzz.core.jsonvalue import token
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Respelled
from toolfuzz.judge.example import value


def explain(fact: Respelled) -> str:
    """Tell of any other spelling of the same number."""
    return f"spelled {token(fact.came)[:40]} instead of {token(fact.expected)[:40]}"


_SCHEMA = {"type": "number"}

DEFECT = Defect(
    slug="number-lexical-drift",
    group="B",
    title="The same number, spelled differently",
    severity="info",
    layer="values",
    stage="values",
    usual="the server",
    help="Harmless by itself; it shows that numbers are parsed and written again on the way.",
    example='{"x":1E5}',
    sources=("lablup/mlxcel#1336",),
    pairs=("integer-as-float",),
    explain={Respelled: explain},
    examples=(
        value("1.50", 1.5, _SCHEMA),
        value("1.5", 1.5, _SCHEMA, found=False),
        value("1.6", 1.5, _SCHEMA, found=False),
    ),
)
