"""A stream that a gateway cuts at characters which end no line of it."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-stream-torn",
    group="J",
    tells_of="serialization",
    title="A stream is cut inside of arguments, at U+2028 or the like",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Split server-sent events at CR and LF only: str.splitlines and its like cut elsewhere.",
    example="one (U+2028) two in a streamed call became onetwo",
)
