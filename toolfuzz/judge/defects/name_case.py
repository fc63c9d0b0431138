"""The right tool name in another case or with other separators."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="name-case",
    group="E",
    title="The right tool name in another case or with other separators",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the model",
    help=(
        "Offer the name in the form that the model prefers, or look names up without case and "
        "separators."
    ),
    example='{"name":"GetWeather"} for get_weather',
    sources=("itayinbarr/little-coder#92", "anomalyco/opencode#31558"),
)
