"""The strict flag is another upstream."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-strict-changed",
    group="J",
    tells_of="serialization",
    title="The strict flag is another upstream",
    severity="warn",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Set it where the gateway takes it from, or don't rely on it.",
    example="strict: true sent, none upstream",
)
