"""Fewer calls came than were asked for."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.missing:
        return ()
    asked = len(facts.turn.expect.calls)
    message = f"{len(facts.missing)} of {asked} calls are missing"
    return [DEFECT.finding(message, expected=[call.tool for call in facts.missing][:10])]


DEFECT = Defect(
    slug="calls-missing",
    group="E",
    tells_of="understanding",
    title="Fewer calls came than were asked for",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the model",
    help=(
        "Check whether the model supports parallel calls and whether the server keeps all of "
        "them; otherwise ask for one call a turn."
    ),
    example='asked for 3 calls: {"tool_calls":[{...},{...}]}',
    indistinguishable=(
        "A model that stops early and a parser that keeps only the first calls look alike."
    ),
    detect=detect,
    examples=(
        answer(called("f", '{"a":1}'), asked=[("f", {"a": 1}), ("f", {"a": 2})]),
        answer(called("f", '{"a":1}'), asked=[("f", {"a": 1})], found=False),
    ),
)
