"""A keyword of a schema doesn't reach the model."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-schema-dropped",
    group="J",
    tells_of="serialization",
    title="A keyword of a schema doesn't reach the model",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="The model is asked under a looser schema: validate arguments yourself.",
    example="minimum gone from /properties/count",
)
