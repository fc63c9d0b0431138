"""The reply's text is another at the client."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-text-changed",
    group="J",
    tells_of="serialization",
    title="The reply's text is another at the client",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Compare the two replies in the report.",
    example="text beside the calls is lost",
)
