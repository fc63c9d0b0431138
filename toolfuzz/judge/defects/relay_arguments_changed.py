"""Arguments are others at the client."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-arguments-changed",
    group="J",
    tells_of="serialization",
    title="Arguments are others at the client",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help=(
        "Large integers, numbers and line separators are what most gateways change: send "
        "such values as text."
    ),
    example="9007199254740993 became 9007199254740992",
)
