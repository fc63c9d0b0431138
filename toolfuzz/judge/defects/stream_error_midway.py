"""An error arrives inside a stream that began with status 200."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Refusal, ReplyPlan, Wire
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.wording import one_line


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.broke_off or facts.refusal is None:
        return ()
    return [DEFECT.finding(f"an error inside the stream: {one_line(facts.refusal.text)}")]


def simulate(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """An error event after half of the stream, and then nothing more."""
    half = max(1, len(wire.events) // 2)
    failure = Refusal(500, "upstream failed", "server_error")
    wire.events = [*wire.events[:half], roll.format.serving.error_event(failure)]
    return True


DEFECT = Defect(
    slug="stream-error-midway",
    group="F",
    tells_of="serialization",
    title="An error arrives inside a stream that began with status 200",
    severity="error",
    layer="stream",
    stage="laws",
    shows_in="stream",
    usual="the gateway's or server's parser",
    help=(
        "Clients that look only at the status take the part for the whole. Read the error's "
        "text; retry."
    ),
    example='event: error / data: {"error":{"message":"..."}}',
    sources=(
        "anomalyco/opencode#1018",
        "vllm-project/vllm#39574",
        "CommandCodeAI/command-code#785",
    ),
    pairs=("provider-refused-call",),
    detect=detect,
    ends=True,
    fault=Fault(simulate, "wire", "stream"),
)
