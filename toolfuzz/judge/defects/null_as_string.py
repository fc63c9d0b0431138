"""null arrives as the text null or None."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="null-as-string",
    group="B",
    title="null arrives as the text null or None",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser of GLM, MiniMax or Qwen text with nullable types",
    help=(
        "Tools then search for the text None. Leave out optional parameters rather than making "
        "them nullable."
    ),
    example='{"value":"None"}',
    sources=("sgl-project/sglang#39136", "ai-dynamo/frontend-crates#248"),
)
