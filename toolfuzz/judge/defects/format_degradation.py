"""Calls turn into text or change their form after some turns."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects.call_in_content import simulate as call_in_content
from toolfuzz.judge.example import answer, called, said
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    found = facts.in_text
    if found is None or facts.calls or not any(r and r.calls for r in facts.earlier):
        return ()
    message = f"a {found.form} call of {found.tool} in the text, after calls in their place"
    return [DEFECT.finding(message, actual=clip(found.snippet))]


_DEGRADES_AT = 2


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """After some turns the calls become text."""
    return reply.ask.turn >= _DEGRADES_AT and call_in_content(reply, roll)


DEFECT = Defect(
    slug="format-degradation",
    group="H",
    tells_of="serialization",
    title="Calls turn into text or change their form after some turns",
    severity="error",
    layer="structure",
    stage="pairing",
    shows_in="history",
    usual="a chat template that renders history differently",
    help="Compare the rate of defects by turn; use the model's own template.",
    example='turn 3: content "[Calling tool: f({...})]"',
    sources=("vybestack/llxprt-code#713", "sgl-project/sglang#25362", "raullenchai/Rapid-MLX#1592"),
    detect=detect,
    explains=frozenset(
        {
            "call-dropped",
            "call-in-content",
            "call-in-reasoning",
            "finish-calls-empty",
            "finish-stop-with-calls",
            "forced-call-missing",
            "no-call",
        }
    ),
    fault=Fault(simulate, "message", turn=_DEGRADES_AT),
    examples=(
        answer(
            asked=[("f", {"a": 1})],
            text='<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>',
            earlier=(said(called("f")),),
        ),
        answer(
            asked=[("f", {"a": 1})],
            text='<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>',
            earlier=(said(text="Hello."),),
            found=False,
        ),
    ),
)
