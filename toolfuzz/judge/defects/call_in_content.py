"""The call came as text in the message content."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, tool
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    found = facts.in_text
    if found is None or facts.forbidden:
        return ()
    message = f"{found.form} call of {found.tool}"
    return [DEFECT.finding(message, actual=clip(found.snippet))]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The call stays in the content as the model wrote it."""
    if not reply.calls:
        return False
    reply.text = "\n".join(t for t in (reply.text, roll.native(reply, roll.rng)) if t)
    reply.calls, reply.finish = [], "stop"
    return True


DEFECT = Defect(
    slug="call-in-content",
    group="E",
    tells_of="serialization",
    title="The call came as text in the message content",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server without the model's tool parser, or with the wrong one",
    help=(
        "Start the server with the tool parser made for this model (for example "
        "--tool-call-parser). If it is set, the parser failed on this text: report the text."
    ),
    example='{"content":"<tool_call>get_weather\\n<arg_key>city</arg_key>..."}',
    sources=(
        "sgl-project/sglang#37925",
        "sgl-project/sglang#19925",
        "vllm-project/vllm#31207",
        "vllm-project/vllm#40911",
        "mudler/LocalAI#10346",
        "cline/cline#13348",
        "sgl-project/sglang#35736",
        "lsdefine/GenericAgent#804",
    ),
    detect=detect,
    explains=frozenset(
        {
            "call-and-markup",
            "call-dropped",
            "call-in-reasoning",
            "calls-missing",
            "finish-calls-empty",
            "finish-stop-with-calls",
            "forced-call-missing",
            "no-call",
            "stream-marker-split",
        }
    ),
    fault=Fault(simulate, "message"),
    examples=(
        answer(
            asked=[("f", {"a": 1})],
            text='<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>',
        ),
        answer(
            asked=[],
            text='<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>',
            tools=(tool("f"),),
        ),
        answer(asked=[], text="A <tool_call> begins a call.", tools=(tool("f"),), found=False),
    ),
)
