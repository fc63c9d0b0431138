"""A decision was made up."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="decision-invented",
    group="I",
    tells_of="understanding",
    title="A decision was made up",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Look at the value: one that is close to the right one was copied wrongly; another was "
        "made up. If the start of the talk was cut off by the server, it could not be known."
    ),
    example='ship(code="0000…"), which nobody ever said',
)
