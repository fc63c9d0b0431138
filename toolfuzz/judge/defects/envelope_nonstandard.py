"""The reply is wrapped or shaped differently from the wire format."""

from toolfuzz.formats.plan import ReplyPlan, Wire
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.faults import Fault, Roll


def simulate(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """The reply is wrapped in an envelope of the gateway's own."""
    wire.body = {"success": True, "data": wire.body}
    return True


DEFECT = Defect(
    slug="envelope-nonstandard",
    group="G",
    title="The reply is wrapped or shaped differently from the wire format",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the gateway",
    help=(
        "Official clients find no choices or fail on a field's type. Update the gateway or "
        "unwrap the reply."
    ),
    example='{"success":true,"data":{"choices":[...]}}',
    sources=("cline/cline#13348",),
    problems=frozenset({"envelope", "call-type", "bad-field"}),
    fault=Fault(simulate, "wire", "plain"),
)
