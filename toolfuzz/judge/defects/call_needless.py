"""A call that nothing needs."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="call-needless",
    group="I",
    tells_of="understanding",
    title="A call that nothing needs",
    severity="warn",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Count it as cost: it fails nothing by itself.",
    example="smelt() once more with what it has already made",
)
