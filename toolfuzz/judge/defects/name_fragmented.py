"""The name of a call comes in pieces."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ABSENT, Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.name_in_pieces:
            return [DEFECT.finding(f"the name came in {call.spoken} pieces", call=call.position)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The name comes in two parts."""
    for at, piece in enumerate(pieces):
        if piece.kind == "open" and isinstance(piece.name, str) and len(piece.name) > 1:
            half = len(piece.name) // 2
            rest = Piece("args", ABSENT, piece.call, piece.slot, name=piece.name[half:])
            piece.name = piece.name[:half]
            pieces.insert(at + 1, rest)
            return True
    return False


DEFECT = Defect(
    slug="name-fragmented",
    group="F",
    tells_of="serialization",
    title="The name of a call comes in pieces",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the gateway",
    help=(
        "Clients that keep the first piece call an unknown tool: join the pieces until "
        "arguments begin."
    ),
    example='{"function":{"name":"edit_ex"}} ; {"function":{"name":"isting_file"}}',
    sources=("continuedev/continue#5849", "NVIDIA-NeMo/Switchyard#785"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "indexed stream"),
    examples=(
        streamed(
            delta(0, '{"a":', id="call_1", name="get_"),
            delta(0, "1}", name="weather"),
            asked=[("get_weather", {"a": 1})],
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":', id="call_1", name="f"), delta(0, "1}"), found=False, where="indexed"
        ),
    ),
)
