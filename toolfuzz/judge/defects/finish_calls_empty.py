"""The finish reason is tool_calls and there is no call."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, tool
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.calls or facts.reply.finish != "tool_calls":
        return ()
    return [DEFECT.finding("finish reason tool_calls, but no call")]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The reason says calls and none is there."""
    if not reply.calls:
        return False
    reply.calls, reply.text = [], ""
    return True


DEFECT = Defect(
    slug="finish-calls-empty",
    group="G",
    tells_of="serialization",
    harm="call",
    title="The finish reason is tool_calls and there is no call",
    severity="error",
    layer="wire",
    stage="structure",
    usual="the server",
    help="Agent loops hang or fail on it: treat it as a failed turn and retry; update the server.",
    example='{"tool_calls":[],"finish_reason":"tool_calls"}',
    sources=("vllm-project/vllm#53255", "NousResearch/hermes-agent#70999"),
    detect=detect,
    explains=frozenset(
        {"call-dropped", "empty-reply", "finish-stop-with-calls", "forced-call-missing", "no-call"}
    ),
    fault=Fault(simulate, "message", "finish_word"),
    examples=(
        answer(asked=[("f", {})], finish="tool_calls"),
        answer(asked=[], text="Fine.", finish="tool_calls", tools=(tool("f"),)),
        answer(asked=[], text="Fine.", tools=(tool("f"),), found=False),
    ),
)
