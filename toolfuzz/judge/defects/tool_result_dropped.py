"""The model never sees the tool's result."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="tool-result-dropped",
    group="H",
    title="The model never sees the tool's result",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the chat template",
    help="Send tool results as plain strings instead of lists of parts; use a corrected template.",
    example="<tool_response><tools></tools></tool_response>",
    sources=("vllm-project/vllm#39614", "vllm-project/vllm#39899", "sgl-project/sglang#22595"),
    pairs=("no-call",),
    scope="multi-turn",
)
