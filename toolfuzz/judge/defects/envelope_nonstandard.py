"""The reply is wrapped or shaped differently from the wire format."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan, Wire
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    """Look for the call of a function where the tool takes text, and the other way round."""
    for pair in facts.pairs:
        if pair.tool is None or pair.tool.takes_text is pair.call.free:
            continue
        kinds = ("a function", "a tool that takes text")
        offered, called = kinds[pair.tool.takes_text], kinds[pair.call.free]
        message = f"{clip(pair.tool.name, 80)!r} is {offered}, it is called as {called}"
        yield DEFECT.finding(message, call=pair.index)


def simulate(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """The reply is wrapped in an envelope of the gateway's own."""
    wire.body = {"success": True, "data": wire.body}
    return True


DEFECT = Defect(
    slug="envelope-nonstandard",
    group="G",
    tells_of="serialization",
    title="The reply is wrapped or shaped differently from the wire format",
    severity="error",
    layer="wire",
    stage="pairing",
    usual="the gateway",
    help=(
        "Official clients find no choices, or fail on a field's type or on the kind of call. "
        "Update the gateway or unwrap the reply."
    ),
    example='{"success":true,"data":{"choices":[...]}}',
    sources=("cline/cline#13348",),
    detect=detect,
    problems=frozenset({"envelope", "call-type", "bad-field"}),
    fault=Fault(simulate, "wire", "plain"),
)
