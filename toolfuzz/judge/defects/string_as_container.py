"""A string that holds JSON arrives as the parsed object or array."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="string-as-container",
    group="B",
    title="A string that holds JSON arrives as the parsed object or array",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser that loads whatever looks like JSON, or the model",
    help=(
        "File contents and payloads change type. Report it; wrap such text in a code block or "
        "a file reference meanwhile."
    ),
    example='{"content":{"name":"app"}}',
    sources=(
        "waybarrios/vllm-mlx#95",
        "openclaw/openclaw#102297",
        "epam/dm.ai#461",
        "ai-dynamo/frontend-crates#215",
    ),
)
