"""Every delta of a call repeats the full name."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.spoken > 1 and not call.name_in_pieces:
            return [DEFECT.finding(f"the name came {call.spoken} times", call=call.position)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """Every fragment repeats the name."""
    found = [p for p in pieces if p.kind == "args"]
    for piece in found:
        piece.name = reply.calls[piece.call].name
    return bool(found)


DEFECT = Defect(
    slug="name-repeated",
    group="F",
    tells_of="serialization",
    harm="form",
    title="Every delta of a call repeats the full name",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the server or gateway",
    help="Clients that append names, as the official SDK's helper does, make 'ff' of 'f'.",
    example=(
        '{"index":0,"function":{"name":"f","arguments":"{"}} ; '
        '{"index":0,"function":{"name":"f","arguments":"}"}}'
    ),
    sources=("continuedev/continue#5849", "vllm-project/vllm#32587", "fuzhengwei/WaLiAPI#53"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "indexed stream"),
    examples=(
        streamed(
            delta(0, '{"a":', id="call_1", name="f"), delta(0, "1}", name="f"), where="indexed"
        ),
        streamed(
            delta(0, '{"a":', id="call_1", name="f"), delta(0, "1}"), found=False, where="indexed"
        ),
    ),
)
