"""A decision about something else was followed."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="decision-near-miss",
    group="I",
    tells_of="understanding",
    title="A decision about something else was followed",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Compare with the control twin, where the decision is told once more: a model that is "
        "right there confuses what is similar when it lies far back."
    ),
    example="ship(code=…) with the code of another depot",
)
