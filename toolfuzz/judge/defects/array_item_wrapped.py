"""An array arrives inside an object, or each item does."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="array-item-wrapped",
    group="B",
    title="An array arrives inside an object, or each item does",
    severity="error",
    layer="values",
    stage="values",
    usual="a model with XML habits",
    help="Name the array in the plural and show an example in the description.",
    example='{"ids":{"item":14}}',
    sources=("NousResearch/hermes-agent#99290",),
)
