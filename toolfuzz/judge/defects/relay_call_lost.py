"""A call of the model doesn't reach the client."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-call-lost",
    group="J",
    tells_of="serialization",
    title="A call of the model doesn't reach the client",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Ask plain or streamed, whichever keeps it; report it with both sides.",
    example="two calls upstream, one at the client",
    explains=frozenset({"finish-calls-empty"}),
)
