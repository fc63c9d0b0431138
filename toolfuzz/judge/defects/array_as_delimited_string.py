"""A list arrives as one string with separators."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="array-as-delimited-string",
    group="B",
    title="A list arrives as one string with separators",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Show a JSON list in the description. Splitting is unsafe when items may hold the "
        "separator."
    ),
    example='{"labels":"bug,ui"}',
    sources=("adcontextprotocol/adcp#4201",),
)
