"""The reply's bytes break the wire format."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="wire-malformed",
    group="G",
    tells_of="serialization",
    harm="error",
    title="The reply's bytes break the wire format",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the gateway or server",
    help=(
        "Look at the recorded body: not UTF-8, not JSON, no event stream where one was asked "
        "for, or events out of order."
    ),
    example="HTTP 200 text/html",
    problems=frozenset({"not-utf8", "not-json", "not-sse", "too-deep", "event-order", "frame"}),
)
