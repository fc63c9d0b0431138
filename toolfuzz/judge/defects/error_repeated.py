"""Sent the same call again and again though it was refused."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="error-repeated",
    group="I",
    tells_of="understanding",
    title="Sent the same call again and again though it was refused",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Put what an error's code means into the tool's description; bound how often a call is "
        "repeated."
    ),
    example='update_server(id="…", version="3") four times, each time `conflict`',
)
