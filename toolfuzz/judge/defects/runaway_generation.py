"""The reply runs on in blanks or a repeated piece until the token limit."""

import re
from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import AS_TEXT, Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.reply.finish != "length" or facts.cut:
        return ()
    for end in (facts.reply.text, *(call.arguments_raw or "" for call in facts.sent)):
        if _runs_away(end):
            return [DEFECT.finding(f"the reply ends in {end[-20:]!r} repeated")]
    return ()


_LOOKED_AT = 2000
_TOKENS = re.compile(r"(<[|｜/]?[^<>\s]{1,40}>)(?:\s{0,4}\1){9}\s{0,40}\Z")


def _runs_away(text: str) -> bool:
    """Whether the last 400 characters are blanks or one short piece over and over.

    A special token is no text at all, so ten in a row are enough.
    """
    if _TOKENS.search(text[-_LOOKED_AT:]):
        return True
    tail = text[-400:]
    if len(tail) < 400:
        return len(text) - len(text.rstrip()) >= 64
    if not tail.strip():
        return True
    return any(tail[size:] == tail[:-size] for size in range(1, 33))


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Blanks without end, until max_tokens."""
    if not reply.calls or not isinstance(reply.calls[-1].raw, str):
        return False
    reply.calls[-1].raw = reply.calls[-1].raw[:-1] + " " * 4000
    reply.finish = "length"
    reply.output_tokens = reply.ask.max_tokens or 4096
    return True


DEFECT = Defect(
    slug="runaway-generation",
    group="E",
    tells_of="serialization",
    title="The reply runs on in blanks or a repeated piece until the token limit",
    severity="error",
    layer="structure",
    stage="assemble",
    usual="grammar-constrained decoding on a model with another native format",
    help=(
        "Avoid tool_choice required on this server and model, or bound the grammar's white "
        "space; set a low max_tokens as a guard."
    ),
    example='{"finish_reason":"length","arguments":"{\\"a\\":1                    ..."}',
    sources=("sgl-project/sglang#13514", "jundot/omlx#2990", "guidance-ai/llguidance#267"),
    detect=detect,
    ends=True,
    explains=frozenset({"finish-stop-with-calls"}),
    fault=Fault(simulate, "message", AS_TEXT),
    examples=(
        answer(asked=[("f", {})], text="no, " * 200, finish="length"),
        answer(called("f"), asked=[("f", {})], text="<|tool_response>" * 12, finish="length"),
        answer(asked=[("f", {})], text="<br>" * 5, finish="length", found=False),
        answer(
            asked=[("f", {})],
            text="".join(f"Point {n}. " for n in range(100)),
            finish="length",
            found=False,
        ),
    ),
)
