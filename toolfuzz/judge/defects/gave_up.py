"""Gave up too early."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="gave-up",
    group="I",
    tells_of="understanding",
    title="Gave up too early",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Tell in the tool's description what helps against each error, or read it with the error."
    ),
    example="`forbidden`, whose description names request_access; reported as impossible at once",
)
