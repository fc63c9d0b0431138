"""A call came although the right answer has none."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, tool
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.unwanted or not facts.calls:
        return ()
    name = repr(clip(facts.calls[0].name, 80))
    return [DEFECT.finding(f"{name} was called; no call was right", call=0)]


DEFECT = Defect(
    slug="fabricated-call",
    group="E",
    title="A call came although the right answer has none",
    severity="error",
    layer="structure",
    stage="structure",
    usual="a server parser that reads calls out of prose, or the model",
    help=(
        "When the text quotes tool syntax, the parser took the quotation for a call: report "
        "it. Otherwise the model calls without need: say in the prompt when no tool fits."
    ),
    example='asked to explain the syntax: {"tool_calls":[{"function":{"name":"f"}}]}',
    sources=("lmstudio-ai/lmstudio-bug-tracker#1592",),
    indistinguishable=(
        "From outside, a call that a parser read out of quoted text and a call that the model "
        "made without need look alike."
    ),
    detect=detect,
    examples=(
        answer(called("f"), asked=[], tools=(tool("f"),)),
        answer(asked=[], text="You are welcome.", tools=(tool("f"),), found=False),
    ),
)
