"""A schema says something else upstream."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="relay-schema-changed",
    group="J",
    tells_of="serialization",
    title="A schema says something else upstream",
    severity="error",
    layer="relay",
    stage="relay",
    shows_in="relay",
    usual="the gateway",
    help="Look for the gateway's schema clean-up for the provider.",
    example="type [string, null] became string",
)
