"""tool_choice demanded a call and none came."""

from collections.abc import Iterable

from toolfuzz.core.given import Given
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, tool
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.calls or not facts.demanded:
        return ()
    wanted = " or ".join(map(repr, facts.turn.may_call)) or "a call"
    said = facts.reply.text.strip()
    came = f"the text says {clip(said, 200)!r}" if said else "an empty reply"
    return [DEFECT.finding(f"{wanted} was demanded; {came}", expected=wanted)]


_PROSE = "I would rather answer in words."


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Prose, though a call was demanded."""
    struck = bool(reply.calls) and reply.ask.tool_choice != "auto"
    if struck:
        reply.calls, reply.text = [], _PROSE
    return struck


DEFECT = Defect(
    slug="forced-call-missing",
    group="E",
    tells_of="serialization",
    title="tool_choice demanded a call and none came",
    severity="error",
    layer="structure",
    stage="structure",
    usual="a server that treats a required or a named choice as auto",
    help=(
        "No model has a say in it: a server that takes such a choice has to enforce it, by a "
        "grammar or by asking again. Use one that does, or don't rely on it: check for a call "
        "and ask again."
    ),
    example='tool_choice required: {"content":"It is sunny in Paris.","finish_reason":"stop"}',
    sources=("vllm-project/vllm#49712", "ggml-org/llama.cpp#28806", "vllm-project/vllm#54808"),
    detect=detect,
    fault=Fault(simulate, "plan"),
    examples=(
        answer(asked=[("f", {})], text="It is sunny.", turn={"tool_choice": "required"}),
        answer(asked=[("f", {})], text="It is sunny.", turn={"tool_choice": "tool:f"}),
        answer(called("f"), asked=[("f", {})], turn={"tool_choice": "required"}, found=False),
        answer(asked=[("f", {})], text="It is sunny.", found=False),
        answer(
            asked=[("f", {})],
            text="Lost.",
            turn={"tool_choice": "required"},
            given=Given("Lost."),
            found=False,
        ),
        answer(
            asked=[],
            text="It is sunny.",
            tools=(tool("f"),),
            turn={"tool_choice": "none"},
            found=False,
        ),
    ),
)
