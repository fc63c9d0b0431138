"""The model is offered a tool that the client doesn't know."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-tool-added",
    group="J",
    tells_of="serialization",
    title="The model is offered a tool that the client doesn't know",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Switch the gateway's own tools off, or handle calls of them.",
    example="json_tool_call offered beside get_weather",
)
