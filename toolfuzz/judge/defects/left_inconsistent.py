"""A place that had to change holds neither the old value nor the new one."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="left-inconsistent",
    group="I",
    title="A record was left with neither the old value nor the right one",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help=(
        "Read the last call that set the field: half of it may be missing, or the rest was "
        "written anew."
    ),
    example='{"owner": "violet", "topic": null} where only the owner was to change',
)
