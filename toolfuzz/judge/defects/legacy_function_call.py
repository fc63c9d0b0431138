"""The call came in the deprecated function_call field."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="legacy-function-call",
    group="E",
    title="The call came in the deprecated function_call field",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the gateway",
    help="Current clients don't look there. Update the gateway or map function_call to tool_calls.",
    example='{"message":{"function_call":{"name":"f","arguments":"{}"}}}',
    sources=("anomalyco/opencode#25971",),
)
