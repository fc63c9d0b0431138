"""Said that something was done which was not."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="success-claimed",
    group="I",
    tells_of="understanding",
    title="Said that something was done which was not",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Look at the record, not at the answer to the change, before saying that it is done.",
    example='report(id="…", outcome="done") after an update that had failed',
)
