"""The user had to correct what the model took for done."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="correction-needed",
    group="I",
    tells_of="understanding",
    title="The user had to correct what the model took for done",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Spell out every value, as the control twin does: there it should not happen.",
    example="\"All done.\" with basalt's port unchanged, which was to be the same as amber's",
)
