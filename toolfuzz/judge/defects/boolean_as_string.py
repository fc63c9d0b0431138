"""A boolean arrives as a string."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="boolean-as-string",
    group="B",
    title="A boolean arrives as a string",
    severity="error",
    layer="values",
    stage="values",
    usual="the parser or model",
    help=(
        "Dangerous in Python and JavaScript, where the string false counts as true. Convert by "
        "the schema, never by truth value."
    ),
    example='{"background":"False"}',
    sources=("QwenLM/qwen-code#477", "anomalyco/opencode#7513", "antirez/ds4#569"),
)
