"""The finish reason is tool_calls and there is no call."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="finish-calls-empty",
    group="G",
    title="The finish reason is tool_calls and there is no call",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the server",
    help="Agent loops hang or fail on it: treat it as a failed turn and retry; update the server.",
    example='{"tool_calls":[],"finish_reason":"tool_calls"}',
    sources=("vllm-project/vllm#53255", "NousResearch/hermes-agent#70999"),
)
