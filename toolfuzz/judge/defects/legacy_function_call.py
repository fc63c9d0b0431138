"""The call came in the deprecated function_call field."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan, Wire
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll, messages_of


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.legacy:
        return ()
    return [DEFECT.finding("the call stands in function_call", call=0)]


def simulate(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """The call comes in the field that tool_calls has replaced."""
    found = False
    for message in messages_of(wire):
        for call in message.pop("tool_calls", ())[:1]:
            if call.get("index", 0) == 0:
                message["function_call"] = call["function"]
                found = True
    return found


DEFECT = Defect(
    slug="legacy-function-call",
    group="E",
    tells_of="serialization",
    title="The call came in the deprecated function_call field",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the gateway",
    help="Current clients don't look there. Update the gateway or map function_call to tool_calls.",
    example='{"message":{"function_call":{"name":"f","arguments":"{}"}}}',
    sources=("anomalyco/opencode#25971",),
    detect=detect,
    explains=frozenset({"finish-stop-with-calls", "id-duplicate", "id-empty", "id-format"}),
    fault=Fault(simulate, "wire", "indexed"),
)
