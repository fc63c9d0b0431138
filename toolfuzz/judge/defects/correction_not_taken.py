"""The user named what was wrong, and it stayed wrong."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="correction-not-taken",
    group="I",
    tells_of="understanding",
    title="The user named what was wrong, and it stayed wrong",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Correct with the exact call instead of the place or the value that is wrong.",
    example='"Look again at basalt, port." answered by "It is all set." without a call',
)
