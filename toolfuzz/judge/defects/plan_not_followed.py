"""The plan that was submitted was not kept to."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="plan-not-followed",
    group="I",
    tells_of="understanding",
    title="The plan that was submitted was not kept to",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Compare the plan with the calls: a call that the plan needs and doesn't name is a bad "
        "plan; one in another order is a plan that wasn't followed."
    ),
    example="submit_plan([a, b, c]), then b before a",
)
