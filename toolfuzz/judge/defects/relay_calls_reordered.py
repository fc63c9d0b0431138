"""Calls reach the client in another order."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-calls-reordered",
    group="J",
    tells_of="serialization",
    title="Calls reach the client in another order",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Match results to calls by their ids alone.",
    example="b before a",
)
