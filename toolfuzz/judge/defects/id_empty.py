"""A call has no id."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._ids import kept
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.reply.stream or not facts.traits.ids:
        return ()
    for n, call in enumerate(kept(facts)):
        if not call.id:
            return [DEFECT.finding(f"the id is {call.id!r}", call=n)]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """An empty id."""
    for call in reply.calls[-1:]:
        call.id = ""
    return bool(reply.calls)


DEFECT = Defect(
    slug="id-empty",
    group="G",
    tells_of="serialization",
    title="A call has no id",
    severity="error",
    layer="wire",
    stage="pairing",
    usual="the server",
    help="The result can't be sent back: make up an id and use it in both messages.",
    example='{"id":"","function":{"name":"f"}}',
    sources=("bytedance/deer-flow#4246", "earendil-works/pi#9057"),
    detect=detect,
    fault=Fault(simulate, "message", "ids plain"),
    examples=(
        answer(called("f", id=""), asked=None, where="ids"),
        answer(called("f", id=None), asked=None, where="ids"),
        answer(called("f"), asked=None, found=False),
    ),
)
