"""A tool's description is another upstream."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-tool-description",
    group="J",
    tells_of="serialization",
    title="A tool's description is another upstream",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Look for a length limit or a rewriting rule of the gateway.",
    example="a description of 2,000 characters cut at 1,024",
)
