"""The client gets another status than upstream gave."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-status-changed",
    group="J",
    tells_of="serialization",
    title="The client gets another status than upstream gave",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Find the gateway's error in its log: upstream had answered.",
    example="upstream 200, client 500",
)
