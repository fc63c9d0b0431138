"""An enum's member in another case or with other separators."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="enum-case",
    group="D",
    title="An enum's member in another case or with other separators",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model",
    help="Use lower-case members without separators, or match them case-insensitively in the tool.",
    example='{"stage":"Customer"} for customer',
    sources=("margince/margince#417",),
    pairs=("schema-unenforced",),
)
