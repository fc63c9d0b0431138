"""A number arrives as a string."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="number-as-string",
    group="B",
    title="A number arrives as a string",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser that ignores the schema, or the model",
    help=(
        "Always for every number: the parser. Sometimes: the model. Strict clients refuse it; "
        "a tolerant tool may convert where its schema says number."
    ),
    example='{"maxResults":"10"}',
    sources=(
        "antirez/ds4#569",
        "QwenLM/qwen-code#477",
        "anomalyco/opencode#7513",
        "ai-dynamo/frontend-crates#248",
        "vllm-project/vllm#47906",
    ),
)
