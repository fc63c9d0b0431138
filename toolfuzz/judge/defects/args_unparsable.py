"""The argument text is no JSON and no known fault explains it."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="args-unparsable",
    group="A",
    title="The argument text is no JSON and no known fault explains it",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model or parser",
    help=(
        "Look at the raw text in the report. When it recurs with one model, send it to the "
        "server's maintainers."
    ),
    example='"arguments":"city equals Paris"',
    pairs=("args-native-markup", "args-truncated", "partial-literal-corruption"),
)
