"""A change went to something that is only spelled alike."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="homonym-changed",
    group="I",
    tells_of="understanding",
    title="Something was changed that only looks the same",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "See whether it replaced text instead of fields; say in the field's description what it "
        "names."
    ),
    example='the topic "amber" was renamed together with the person "amber"',
)
