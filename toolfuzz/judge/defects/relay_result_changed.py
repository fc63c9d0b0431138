"""A tool's result doesn't reach the model as it was sent."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-result-changed",
    group="J",
    tells_of="serialization",
    title="A tool's result doesn't reach the model as it was sent",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Compare the results in the report; look at ids, parts and errors.",
    example="the result of the second call is lost",
)
