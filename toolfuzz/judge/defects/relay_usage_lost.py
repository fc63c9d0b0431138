"""Token counts don't reach the client."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-usage-lost",
    group="J",
    tells_of="serialization",
    title="Token counts don't reach the client",
    severity="warn",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Ask for usage in streams, or count yourself.",
    example="usage upstream, none at the client",
)
