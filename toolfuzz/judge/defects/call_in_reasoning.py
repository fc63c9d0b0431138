"""The call stays inside the reasoning text."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    found = facts.in_reasoning
    if found is None:
        return ()
    message = f"{found.form} call of {found.tool}"
    return [DEFECT.finding(message, actual=clip(found.snippet))]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The call stays in the reasoning as the model wrote it."""
    if not reply.calls:
        return False
    reply.reasoning = f"I should call the tool now.\n{roll.native(reply, roll.rng)}"
    reply.calls, reply.finish = [], "stop"
    return True


DEFECT = Defect(
    slug="call-in-reasoning",
    group="E",
    tells_of="serialization",
    title="The call stays inside the reasoning text",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server's reasoning parser",
    help=(
        "The model called before it closed its reasoning and the server did not look there. "
        "Switch reasoning off for tool calls or update the server's reasoning parser."
    ),
    example=(
        '{"reasoning_content":"...<tool_call>{\\"name\\":\\"f\\"}</tool_call>","tool_calls":[]}'
    ),
    sources=("vllm-project/vllm#55759", "vllm-project/vllm#16511", "ggml-org/llama.cpp#26849"),
    detect=detect,
    explains=frozenset({"call-dropped", "finish-calls-empty", "forced-call-missing", "no-call"}),
    fault=Fault(simulate, "message"),
    examples=(
        answer(
            asked=[("f", {"a": 1})],
            reasoning='<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>',
        ),
        answer(called("f", '{"a":1}'), asked=[("f", {"a": 1})], reasoning="f it is.", found=False),
    ),
)
