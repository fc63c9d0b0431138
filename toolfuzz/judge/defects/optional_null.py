"""An optional parameter came as null instead of being left out."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="optional-null",
    group="D",
    title="An optional parameter came as null instead of being left out",
    severity="error",
    layer="schema",
    stage="values",
    usual="a model used to strict mode, or a client",
    help=(
        "Allow null in the type, or drop null members before validation. A warning where null "
        "is allowed."
    ),
    example='{"q":"x","limit":null}',
    sources=("ZenRows/zenrows-mcp#23",),
    pairs=("schema-unenforced",),
)
