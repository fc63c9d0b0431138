"""There are calls, but the finish reason says otherwise."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.wording import one_line


def detect(facts: Facts) -> Iterable[Finding]:
    reply = facts.reply
    if reply.finish in ("tool_calls", "length", None) or not facts.sent:
        return ()
    named = facts.turn.tool_choice.startswith("tool:")
    if named and reply.finish == "stop":
        return ()
    severity = "error" if facts.traits.gated else DEFECT.severity
    return [
        DEFECT.finding(f"finish reason {one_line(str(reply.finish_reason))}", severity=severity)
    ]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Calls are there and the reason says stop ; with a forced tool that is legal."""
    if not reply.calls or reply.ask.tool_choice.startswith("tool:"):
        return False
    reply.finish = "stop"
    return True


DEFECT = Defect(
    slug="finish-stop-with-calls",
    group="G",
    tells_of="serialization",
    title="There are calls, but the finish reason says otherwise",
    severity="warn",
    layer="wire",
    stage="assemble",
    usual="the server or gateway",
    help=(
        "Clients that wait for tool_calls never run them: look at the calls instead of the "
        "finish reason."
    ),
    example='{"tool_calls":[{...}],"finish_reason":"stop"}',
    sources=(
        "vllm-project/vllm#9209",
        "BerriAI/litellm#35663",
        "BerriAI/litellm#12862",
        "BerriAI/litellm#12481",
        "Blaizzy/mlx-vlm#1014",
        "ollama/ollama#7963",
    ),
    detect=detect,
    fault=Fault(simulate, "message", "finish_word"),
    examples=(
        answer(called("f"), asked=None, finish="stop"),
        answer(called("f"), asked=None, finish="stop", turn={"tool_choice": "tool:f"}, found=False),
        answer(called("f"), asked=None, found=False),
    ),
)
