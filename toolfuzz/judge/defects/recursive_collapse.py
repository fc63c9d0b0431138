"""A recursive structure ends too early."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="recursive-collapse",
    group="D",
    title="A recursive structure ends too early",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a pipeline that cuts references",
    help="Send trees as flat lists with parent ids.",
    example='{"children":[]} for a tree of three levels',
    sources=("Toloka/tolokaforge#362", "Avick3110/houseCARL#465"),
    indistinguishable="A stringified inner tree is reported as nested-stringified.",
    pairs=("nested-stringified", "value-nulled", "object-emptied", "schema-unenforced"),
)
