"""The rest of a call comes under an index that was never opened."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.strayed_to is not None:
            return [
                DEFECT.finding(
                    f"arguments came under index {call.strayed_to}, which was never opened",
                    call=call.position,
                )
            ]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The arguments come under another index than the name."""
    shift = len(reply.calls)
    found = [p for p in pieces if p.kind == "args" and isinstance(p.slot, int)]
    for piece in found:
        piece.slot += shift
    return bool(found)


DEFECT = Defect(
    slug="idx-drift",
    group="F",
    tells_of="serialization",
    title="The rest of a call comes under an index that was never opened",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the server",
    help="Clients lose these arguments or make a nameless call of them. Turn streaming off.",
    example='{"index":0,"function":{"name":"f"}} ; {"index":1,"function":{"arguments":"{..."}}',
    sources=("dirac-run/dirac#215",),
    detect=detect,
    explains=frozenset({"idx-sparse", "stream-not-incremental", "wire-malformed"}),
    fault=Fault(simulate, "pieces", "indexed stream"),
    examples=(
        streamed(delta(0, "", id="call_1", name="f"), delta(1, "{}"), where="indexed"),
        streamed(
            delta(0, "{}", id="call_1", name="f"),
            delta(1, "{}", id="call_2", name="f"),
            found=False,
            where="indexed",
        ),
    ),
)
