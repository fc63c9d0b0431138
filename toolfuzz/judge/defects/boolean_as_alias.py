"""A boolean arrives as 0, 1, yes, no, on or off."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="boolean-as-alias",
    group="B",
    title="A boolean arrives as 0, 1, yes, no, on or off",
    severity="error",
    layer="values",
    stage="values",
    usual="the parser or model",
    help="Name the parameter as a yes-no question and say true or false in its description.",
    example='{"enabled":1}',
)
