"""The talk ended before the goal was reached."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="goal-not-reached",
    group="I",
    tells_of="understanding",
    title="The talk ended before the goal was reached",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Read the last reply: whether the model gave up or believed that it was done.",
    example="the thing was never delivered",
)
