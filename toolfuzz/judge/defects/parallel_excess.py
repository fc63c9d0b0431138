"""Several calls came although parallel calls were switched off."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._pairs import extra
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import simple_call


def detect(facts: Facts) -> Iterable[Finding]:
    off = facts.turn.parallel is False and facts.traits.serial
    if not off:
        return ()
    if any(pair.tool for pair in facts.extra):
        return [extra(DEFECT, facts)]
    if facts.turn.expect.kind == "unknown" and len(facts.pairs) > 1:
        return [DEFECT.finding(f"{len(facts.pairs)} calls, parallel calls are off")]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Two calls, though parallel calls are switched off."""
    if reply.ask.parallel is not False or not reply.calls:
        return False
    made = [(call.name, call.arguments) for call in reply.calls]
    allowed = reply.ask.may_call or [tool.name for tool in reply.ask.tools]
    others = [
        call
        for call in map(simple_call, reply.ask.tools)
        if call.name in allowed and (call.name, call.arguments) not in made
    ]
    if others:
        reply.calls.append(roll.rng.choice(others))
    return bool(others)


DEFECT = Defect(
    slug="parallel-excess",
    group="E",
    tells_of="serialization",
    title="Several calls came although parallel calls were switched off",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server that ignores the flag",
    help=(
        "Run only the first call and send an error for the others, or say in the prompt that "
        "one call is wanted."
    ),
    example='parallel_tool_calls=false: {"tool_calls":[{...},{...}]}',
    sources=("sgl-project/sglang#9696", "vllm-project/vllm#9451", "vllm-project/vllm#26233"),
    detect=detect,
    explains=frozenset({"calls-extra"}),
    fault=Fault(simulate, "plan", "serial"),
    examples=(
        answer(
            called("f", '{"a":1}'),
            called("f", '{"a":2}', id="call_2"),
            asked=[("f", {"a": 1})],
            turn={"parallel": False},
            where="serial",
        ),
        answer(
            called("f", '{"a":1}'),
            called("f", '{"a":2}', id="call_2"),
            asked=[("f", {"a": 1})],
            found=False,
        ),
    ),
)
