"""A call came although the right answer has none."""

from toolfuzz.judge.defect import Defect

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
)
