"""A string that is no JSON stands where an object or array belongs."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="container-as-opaque-string",
    group="B",
    title="A string that is no JSON stands where an object or array belongs",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Free-form objects provoke it: declare their properties, or take a string and parse it "
        "in the tool."
    ),
    example='{"filter":"name=Bob"}',
    sources=("stacklok/mecatl#253",),
)
