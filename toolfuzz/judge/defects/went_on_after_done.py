"""Went on when all that was asked had been done."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="went-on-after-done",
    group="I",
    tells_of="understanding",
    title="Went on when all that was asked had been done",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Bound the number of calls, and have writes confirmed that come after the task is done.",
    example='the last of three records was set; then create_note(text="changed")',
)
