"""A constant or a documented default was contradicted."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="default-const-ignored",
    group="D",
    title="A constant or a documented default was contradicted",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model",
    help="Leave constants out of the parameters and set them in the tool.",
    example='{"version":2} for const 1',
    pairs=("enum-violation", "schema-unenforced"),
)
