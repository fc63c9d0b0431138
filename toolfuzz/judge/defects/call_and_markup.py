"""The call is structured and its raw markup stands in the text too."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.remains is not None:
        return [DEFECT.finding(f"{facts.remains} in the text", actual=clip(facts.reply.text))]
    if facts.trace is None:
        return ()
    place, found = facts.trace
    message = f"{found.form} markup of {found.tool} in the {place} as well"
    return [DEFECT.finding(message, actual=clip(found.snippet))]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The call is there, and so is its native text."""
    if reply.calls:
        reply.text += roll.native(reply, roll.rng)
    return bool(reply.calls)


DEFECT = Defect(
    slug="call-and-markup",
    group="E",
    tells_of="serialization",
    harm="form",
    title="The call is structured and its raw markup stands in the text too",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the server",
    help=(
        "Users see raw markup and clients that parse text run the tool twice. Update the "
        "server's parser, or strip the markup before showing the text."
    ),
    example=(
        '{"content":"<tool_call>{\\"name\\":\\"f\\"}</tool_call>","tool_calls":[{"function":{"name":"f"}}]}'
    ),
    sources=("EricLBuehler/mistral.rs#2427", "raullenchai/Rapid-MLX#1592", "mudler/LocalAI#10346"),
    detect=detect,
    fault=Fault(simulate, "message"),
    examples=(
        answer(
            called("f", '{"a":1}'),
            asked=[("f", {"a": 1})],
            text='<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>',
        ),
        answer(called("f", '{"a":1}'), asked=[("f", {"a": 1})], text="I call f.", found=False),
    ),
)
