"""A keyword that the client didn't send stands in the schema."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-schema-added",
    group="J",
    tells_of="serialization",
    title="A keyword that the client didn't send stands in the schema",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="The model is asked under another schema: look for the gateway's schema clean-up.",
    example="additionalProperties: false added",
)
