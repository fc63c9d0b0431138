"""A call or its markup came although tool_choice is none."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="call-when-none",
    group="E",
    title="A call or its markup came although tool_choice is none",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server",
    help="Leave the tools out of the request when no call is wanted.",
    example='tool_choice none: {"finish_reason":"tool_calls","tool_calls":[{...}]}',
    sources=("sgl-project/sglang#35736", "vllm-project/vllm#54808"),
)
