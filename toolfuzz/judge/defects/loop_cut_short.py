"""A loop ended before all of a list was done."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="loop-cut-short",
    group="I",
    tells_of="understanding",
    title="A loop ended before all of a list was done",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Compare how long the list was: models often stop after the first few. Let one call take "
        "the whole list where the tool can."
    ),
    example="joined(parts=[the first 2 of 4])",
)
