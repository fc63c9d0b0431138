"""A request that upstream must refuse after the gateway has written it anew."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-refused-upstream",
    group="J",
    tells_of="serialization",
    title="A request that upstream must refuse after the gateway has written it anew",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Compare the two requests in the report: upstream keeps to the published wire format.",
    example='tool_choice: "any" sent to chat completions',
)
