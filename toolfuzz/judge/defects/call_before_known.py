"""Called before what it needs was there."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="call-before-known",
    group="I",
    tells_of="understanding",
    title="Called before what it needs was there",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Compare with the control twin, which is given the plan: there it should not happen.",
    example='join(token="pending") in the same reply as the call that makes the token',
)
