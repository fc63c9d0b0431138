"""A call or its markup came although tool_choice is none."""

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
    if not facts.forbidden:
        return ()
    if facts.calls:
        names = ", ".join(repr(clip(call.name, 80)) for call in facts.calls[:3])
        return [DEFECT.finding(f"{names} called although no call was allowed", call=0)]
    if facts.in_text:
        return [DEFECT.finding(f"{facts.in_text.form} markup in the text")]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A call, though tool_choice is none."""
    if reply.ask.tool_choice != "none" or not reply.ask.tools:
        return False
    reply.calls, reply.text = [simple_call(roll.rng.choice(reply.ask.tools))], ""
    return True


DEFECT = Defect(
    slug="call-when-none",
    group="E",
    tells_of="serialization",
    title="A call or its markup came although tool_choice is none",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server",
    help="Leave the tools out of the request when no call is wanted.",
    example='tool_choice none: {"finish_reason":"tool_calls","tool_calls":[{...}]}',
    sources=("sgl-project/sglang#35736", "vllm-project/vllm#54808"),
    detect=detect,
    explains=frozenset({"finish-calls-empty"}),
    fault=Fault(simulate, "plan", "forbids"),
    examples=(
        answer(called("f"), asked=[], turn={"tool_choice": "none"}),
        answer(
            asked=[],
            text='<tool_call>{"name": "f", "arguments": {}}</tool_call>',
            tools=(tool("f"),),
            turn={"tool_choice": "none"},
        ),
        answer(
            asked=[], text="Fine.", tools=(tool("f"),), turn={"tool_choice": "none"}, found=False
        ),
    ),
)
