"""The stream ends without a finish reason or end marker."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan, Wire
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    reply = facts.reply
    if reply.finish is None and reply.stream:
        lost = any(p.law == "last" and p.severity == "error" for p in facts.problems)
        if facts.complete and not lost:
            return [DEFECT.finding("no finish reason; the calls are whole", severity="warn")]
        return [DEFECT.finding("the stream ends without a finish reason")]
    if reply.finish is not None and not reply.ended:
        return [DEFECT.finding("the end marker is missing", severity="warn")]
    return ()


def simulate(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """The stream ends without a reason and without its end marker."""
    kept = [event for event in wire.events if not roll.format.serving.is_ending(event)]
    changed = len(kept) < len(wire.events)
    wire.events = kept
    return changed


DEFECT = Defect(
    slug="stream-no-finish",
    group="F",
    tells_of="serialization",
    title="The stream ends without a finish reason or end marker",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the server or gateway",
    help=(
        "Never run a call from such a stream unless its arguments are complete. A warning when "
        "they are and the official SDK reads the stream all the same."
    ),
    example="last chunk finish_reason null, then the connection closes",
    sources=(
        "earendil-works/pi#6226",
        "CommandCodeAI/command-code#785",
        "openclaw/openclaw#98575",
        "OpenRouterTeam/ai-sdk-provider#558",
        "NousResearch/hermes-agent#81017",
    ),
    indistinguishable="A server that dies and one that forgets its last events look alike.",
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    ends=True,
    fault=Fault(simulate, "wire", "stream"),
    examples=(
        streamed(delta(0, '{"a"', id="call_1", name="f"), finish=None, where="indexed"),
        streamed(delta(0, '{"a":1}', id="call_1", name="f"), finish=None, where="indexed"),
        streamed(delta(0, '{"a":1}', id="call_1", name="f"), found=False, where="indexed"),
    ),
)
