"""Id and name of a call come in separate deltas."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ABSENT, Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.id_came_late or (call.name_came_late and not call.name_came_blank):
            what = "id" if call.id_came_late else "name"
            message = f"the {what} came after the first delta of its call"
            # Whoever opens a call at its first delta keeps a call without a name.
            severity = "error" if call.name_came_late else "warn"
            return [DEFECT.finding(message, call=call.position, severity=severity)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The id comes with the first arguments, after the name."""
    opening, found = None, False
    for piece in pieces:
        if piece.kind == "open":
            opening = piece
        elif piece.kind == "args" and opening is not None:
            piece.id, opening.id, opening, found = opening.id, ABSENT, None, True
    return found


DEFECT = Defect(
    slug="id-late",
    group="F",
    tells_of="serialization",
    title="Id and name of a call come in separate deltas",
    severity="warn",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the gateway",
    help="Open a call only when both are there. An error when the name is late.",
    example='{"index":0,"function":{"name":"f"}} ; {"index":0,"id":"call_1"}',
    sources=("pipecat-ai/pipecat#5023", "use-agent-os/agent-os#3265"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "indexed stream"),
    examples=(
        streamed(delta(0, "", name="f"), delta(0, "{}", id="call_1"), where="indexed"),
        streamed(delta(0, "", id="call_1", name="f"), delta(0, "{}"), found=False, where="indexed"),
    ),
)
