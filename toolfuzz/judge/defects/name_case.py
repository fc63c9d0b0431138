"""The right tool name in another case or with other separators."""

import re
from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._names import misnamed
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import any_call, rename


def detect(facts: Facts) -> Iterable[Finding]:
    return misnamed(DEFECT, facts, "case")


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The right name in another case or with other separators."""
    call = any_call(reply, roll.rng)
    if call is None:
        return False
    if sum(_bare(tool.name) == _bare(call.name) for tool in reply.ask.tools) > 1:
        return False
    camel = "".join(w.capitalize() for w in call.name.replace("-", "_").split("_"))
    return rename(reply, roll, [call.name.swapcase(), camel], call)


def _bare(name: str) -> str:
    """The name without case and separators."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


DEFECT = Defect(
    slug="name-case",
    group="E",
    tells_of="understanding",
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
    fault=Fault(simulate, "message"),
    examples=(
        answer(called("getWeather"), asked=[("get_weather", {})]),
        answer(called("get_weather"), asked=[("get_weather", {})], found=False),
    ),
)
