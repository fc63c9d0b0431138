"""A value differs from the right one and nothing finer explains it."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="value-changed",
    group="B",
    title="A value differs from the right one and nothing finer explains it",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Look at both values in the report. Invented values come from the model; values that "
        "change in one place only, from the path between."
    ),
    example='{"city":"Rome"} for Paris',
)
