"""tool_choice named the tools that may be called and another was called."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, tool
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import simple_call


def detect(facts: Facts) -> Iterable[Finding]:
    for pair in facts.unforced:
        wanted = " or ".join(map(repr, facts.turn.may_call))
        called = pair.tool.name if pair.tool else ""
        message = f"{called!r} was called, {wanted} was demanded"
        return [DEFECT.finding(message, call=pair.index, expected=wanted, actual=called)]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Another tool than the one that was forced."""
    ask = reply.ask
    others = [t for t in ask.tools if t.name not in ask.may_call]
    if not ask.may_call or not reply.calls or not others:
        return False
    reply.calls = [simple_call(roll.rng.choice(others))]
    return True


DEFECT = Defect(
    slug="forced-tool-ignored",
    group="E",
    tells_of="serialization",
    title="tool_choice named the tools that may be called and another was called",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server that treats a named choice, or a list of allowed tools, as auto",
    help="Offer only those tools, or use a server that enforces such choices.",
    example='tool_choice get_weather: {"function":{"name":"get_time"}}',
    sources=(
        "ggml-org/llama.cpp#26849",
        "ggml-org/llama.cpp#28806",
        "vllm-project/vllm#50477",
        "vllm-project/vllm#54808",
    ),
    indistinguishable=(
        "Where several calls of the named tool were asked for, those that another call "
        "replaced are counted as missing beside it."
    ),
    pairs=("calls-missing",),
    detect=detect,
    fault=Fault(simulate, "plan"),
    examples=(
        answer(
            called("g"),
            asked=[("f", {})],
            tools=(tool("g"),),
            turn={"tool_choice": "tool:f"},
        ),
        answer(
            called("f"),
            asked=[("f", {})],
            tools=(tool("g"),),
            turn={"tool_choice": "tool:f"},
            found=False,
        ),
        answer(
            called("h"),
            asked=[("f", {})],
            tools=(tool("g"), tool("h")),
            turn={"allowed": ("f", "g")},
        ),
        answer(
            called("f"),
            asked=[("f", {})],
            tools=(tool("g"), tool("h")),
            turn={"allowed": ("f", "g")},
            found=False,
        ),
    ),
)
