"""The model reads other messages than the client wrote."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-message-changed",
    group="J",
    tells_of="serialization",
    title="The model reads other messages than the client wrote",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Compare the two requests in the report.",
    example="system message dropped",
)
