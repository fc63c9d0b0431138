"""A tool that was offered doesn't reach the model."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-tool-dropped",
    group="J",
    tells_of="serialization",
    title="A tool that was offered doesn't reach the model",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Ask without the gateway, or offer the tool under a plainer name and schema.",
    example="3 tools offered, 2 upstream",
)
