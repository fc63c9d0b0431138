"""The same call came twice in one reply."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for pair in facts.repeated:
        name = repr(clip(pair.call.name, 80))
        return [DEFECT.finding(f"{name} was called again with equal arguments", call=pair.index)]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The last call twice."""
    for call in reply.calls[-1:]:
        reply.calls.append(Call(call.name, call.arguments))
    return bool(reply.calls)


DEFECT = Defect(
    slug="duplicate-call",
    group="E",
    tells_of="serialization",
    title="The same call came twice in one reply",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the server or gateway, in streams",
    help=(
        "Drop calls with equal name and arguments before running them; compare with streaming "
        "off to see whether the model or the stream repeats."
    ),
    example=(
        '{"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":"{}"}}]}'
    ),
    sources=("agno-agi/agno#2336", "charmbracelet/crush#3121", "QwenLM/qwen-code#5038"),
    detect=detect,
    fault=Fault(simulate, "plan"),
    examples=(
        answer(called("f"), called("f", id="call_2"), asked=[("f", {})]),
        answer(called("f"), called("f", id="call_2"), asked=[("f", {}), ("f", {})], found=False),
    ),
)
