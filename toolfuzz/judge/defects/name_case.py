"""The right tool name in another case or with other separators."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._names import misnamed
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    for pair in facts.pairs:
        if pair.misnamed == "case":
            return [misnamed(DEFECT, pair)]
    return ()


DEFECT = Defect(
    slug="name-case",
    group="E",
    title="The right tool name in another case or with other separators",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the model",
    help=(
        "Offer the name in the form that the model prefers, or look names up without case and "
        "separators."
    ),
    example='{"name":"GetWeather"} for get_weather',
    sources=("itayinbarr/little-coder#92", "anomalyco/opencode#31558"),
    detect=detect,
    examples=(
        answer(called("getWeather"), asked=[("get_weather", {})]),
        answer(called("get_weather"), asked=[("get_weather", {})], found=False),
    ),
)
