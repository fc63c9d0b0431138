"""Something was to change wherever it is named, and was left as it was somewhere."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="object-forgotten",
    group="I",
    tells_of="understanding",
    title="A place that had to change holds the old value",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Count what the list gave, over all its pages, and look whether a batch was refused.",
    example='readers of one of 12 documents still name "amber"',
)
