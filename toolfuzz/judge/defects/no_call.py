"""No call came although one was asked for."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.calls or not facts.sought or facts.demanded:
        return ()
    said = facts.reply.text.strip()
    message = f"no call; the text says {clip(said, 200)!r}" if said else "an empty reply"
    return [DEFECT.finding(message)]


_PROSE = "The weather in Paris is sunny and mild today."


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Prose, though a call was wanted (and not demanded)."""
    wanted = bool(reply.calls) and reply.ask.tool_choice == "auto"
    if wanted:
        reply.calls, reply.text = [], _PROSE
    return wanted


DEFECT = Defect(
    slug="no-call",
    group="E",
    tells_of="understanding",
    title="No call came although one was asked for",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the model",
    help=(
        "Ask with tool_choice required, which a server has to enforce (forced-call-missing says "
        "where it doesn't), or shorten the prompt and the tool descriptions."
    ),
    example='{"content":"It is sunny in Paris.","finish_reason":"stop"}',
    sources=("vllm-project/vllm#49712", "lablup/mlxcel#1319", "lablup/mlxcel#1581"),
    detect=detect,
    fault=Fault(simulate, "plan"),
    examples=(
        answer(asked=[("f", {})], text="It is sunny."),
        answer(asked=[("f", {})]),
        answer(called("f"), asked=[("f", {})], found=False),
    ),
)
