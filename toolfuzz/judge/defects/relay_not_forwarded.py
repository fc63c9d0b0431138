"""A request that the gateway never passed on."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-not-forwarded",
    group="J",
    tells_of="serialization",
    title="A request that the gateway never passed on",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Ask the gateway's log why: what it answers by itself, it must not answer for the model.",
    example="the client got 500, upstream heard nothing",
)
