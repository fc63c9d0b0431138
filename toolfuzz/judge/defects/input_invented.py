"""An input that stands in no result."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="input-invented",
    group="I",
    tells_of="understanding",
    title="An input that stands in no result",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Compare it with the results before: one that is close was copied wrongly, else made up.",
    example='join(token="8f1c…") when the results said 8f1d…',
)
