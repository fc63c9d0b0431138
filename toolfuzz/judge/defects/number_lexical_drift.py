"""The same number, spelled differently."""

from toolfuzz.judge.defect import Defect

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
)
