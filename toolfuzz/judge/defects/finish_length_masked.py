"""The reply was cut by the token limit and doesn't say so."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="finish-length-masked",
    group="G",
    title="The reply was cut by the token limit and doesn't say so",
    severity="error",
    layer="wire",
    stage="assemble",
    usual="the server",
    help="Compare completion_tokens with max_tokens before running a call; raise max_tokens.",
    example='{"finish_reason":"tool_calls","usage":{"completion_tokens":256}} with max_tokens 256',
    sources=(
        "vllm-project/vllm#46303",
        "vllm-project/vllm#58228",
        "MiaAI-Lab/DeepSeek-v4-Flash-DSpark-2x-DGX-Spark#55",
    ),
)
