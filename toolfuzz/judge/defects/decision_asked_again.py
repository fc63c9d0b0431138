"""Asked again for what the user had told."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="decision-asked-again",
    group="I",
    tells_of="understanding",
    title="Asked again for what the user had told",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Keep decisions outside the talk and send them with each turn, or let the user know that "
        "they have to be repeated."
    ),
    example='ask_customer(depot="Maple North") after its code was told',
)
