"""Changed something else while repairing a call."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="repair-drifted",
    group="I",
    tells_of="understanding",
    title="Changed something else while repairing a call",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Let the error name the argument that is wrong, and compare the repaired call with the "
        "first one."
    ),
    example="`conflict` for version; the second call has the right version and another value",
)
