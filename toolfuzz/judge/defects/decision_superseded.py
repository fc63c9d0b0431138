"""An earlier decision was followed, not the last."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="decision-superseded",
    group="I",
    tells_of="understanding",
    title="An earlier decision was followed, not the last",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "The model kept what was said first. Restate what holds now when something changes, or "
        "keep decisions outside the talk and send them with each turn."
    ),
    example="ship(code=…) with the code that the user had replaced",
)
