"""A call has another name at the client."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-call-renamed",
    group="J",
    tells_of="serialization",
    title="A call has another name at the client",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Use names that the gateway leaves alone ([a-zA-Z0-9_-], up to 64).",
    example="get.weather became get_weather",
)
