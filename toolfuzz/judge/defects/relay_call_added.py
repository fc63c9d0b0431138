"""The client gets a call that the model didn't make."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-call-added",
    group="J",
    tells_of="serialization",
    title="The client gets a call that the model didn't make",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Compare the two replies in the report.",
    example="one call upstream, two at the client",
)
