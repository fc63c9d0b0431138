"""What belongs together was changed in part, or to something else."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="left-inconsistent",
    group="I",
    tells_of="understanding",
    title="A record was left half changed",
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
