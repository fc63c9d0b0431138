"""An optional parameter was filled in with an empty value."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="optional-placeholder",
    group="D",
    title="An optional parameter was filled in with an empty value",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model",
    help=(
        "Say in the description that it is left out when unused; drop empty values before "
        "validation."
    ),
    example='{"namespace":"prod","selector":""}',
    sources=("can1357/oh-my-pi#2981",),
    pairs=("value-changed", "schema-unenforced"),
)
