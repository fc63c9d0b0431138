"""A call came although the right answer has none."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, tool
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import simple_call


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.unwanted or not facts.calls:
        return ()
    name = repr(clip(facts.calls[0].name, 80))
    return [DEFECT.finding(f"{name} was called; no call was right", call=0)]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A call, though none was wanted."""
    if reply.calls or not reply.ask.tools or reply.ask.tool_choice != "auto" or reply.ask.answered:
        return False
    reply.calls, reply.text = [simple_call(roll.rng.choice(reply.ask.tools))], ""
    return True


DEFECT = Defect(
    slug="fabricated-call",
    group="E",
    tells_of="understanding",
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
    fault=Fault(simulate, "plan"),
    examples=(
        answer(called("f"), asked=[], tools=(tool("f"),)),
        answer(asked=[], text="You are welcome.", tools=(tool("f"),), found=False),
    ),
)
