"""The choice of tools is another upstream."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-tool-choice",
    group="J",
    tells_of="serialization",
    title="The choice of tools is another upstream",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Check that forced and forbidden calls are kept to behind this gateway.",
    example="required sent, auto upstream",
)
