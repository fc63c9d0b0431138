"""Left out something that was to be changed."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="scope-not-finished",
    group="I",
    tells_of="understanding",
    title="Left out something that was to be changed",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Let the model list what it has to change before it begins, and look again at the end.",
    example="five records meet the condition; four were changed",
)
