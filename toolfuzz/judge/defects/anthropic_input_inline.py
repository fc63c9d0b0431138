"""A tool_use block carries its input where the format has none."""

import json
from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, closed, delta, opened, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll, is_json


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.inline:
            return [
                DEFECT.finding("the opening event already carries the input", call=call.position)
            ]
    for n in facts.text_for_object:
        return [DEFECT.finding("input is a string, not an object", call=n)]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Streamed: the whole input at the block's start, no deltas. Plain: the input is a string."""
    whole = [c for c in reply.calls if is_json(c.raw) and c.raw != "{}"]
    if not reply.ask.stream:
        for call in whole:
            call.raw = json.dumps(call.raw)
    reply.inline = bool(whole) and all(is_json(c.raw) for c in reply.calls)
    return bool(whole) if not reply.ask.stream else reply.inline


DEFECT = Defect(
    slug="anthropic-input-inline",
    group="F",
    tells_of="serialization",
    title="A tool_use block carries its input where the format has none",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="a gateway that imitates Anthropic's stream",
    help=(
        "Anthropic's SDKs read streamed input from input_json_delta only and see {} here. "
        "Update the gateway or turn streaming off."
    ),
    example='content_block_start {"type":"tool_use","input":{"a":1}} and no input_json_delta',
    sources=("inflaborg/ccrelay#119",),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "message", "object closes"),
    examples=(
        streamed(
            opened(0, id="call_1", name="f", arguments={"a": 1}), closed(0), where="object closes"
        ),
        answer(called("f", "text", "call_1"), asked=None, found=False),
        streamed(
            opened(0, id="call_1", name="f"),
            delta(0, '{"a":1}'),
            closed(0),
            where="object closes",
            found=False,
        ),
    ),
)
