"""A change was made again of what it had made, or the new was put beside the old."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="object-twice",
    group="I",
    tells_of="understanding",
    title="Something was changed twice, or is there twice",
    severity="error",
    layer="world",
    stage="world",
    shows_in="world",
    usual="the model",
    help="Let it look at what a record holds now before it changes it; make changes idempotent.",
    example="weight 2 kg → 2000 g → 2000000 g",
)
