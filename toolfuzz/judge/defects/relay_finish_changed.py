"""The reason for the end is another at the client."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-finish-changed",
    group="J",
    tells_of="serialization",
    title="The reason for the end is another at the client",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Clients that loop on tool_calls stop: look at both replies in the report.",
    example="tool_calls upstream, stop at the client",
    explains=frozenset({"finish-stop-with-calls", "finish-null"}),
)
