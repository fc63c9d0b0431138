"""A correction cost what had been right before."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="correction-regressed",
    group="I",
    tells_of="understanding",
    title="A correction cost what had been right before",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="After a correction, check what was right before it as well.",
    example="after a correction of basalt's port, amber's label is another one",
)
