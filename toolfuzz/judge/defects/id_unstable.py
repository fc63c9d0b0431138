"""The id of one call changes while it is streamed."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.id and call.other_id is not None:
            message = f"id {clip(call.id, 80)!r} became {clip(call.other_id, 80)!r}"
            return [DEFECT.finding(message, call=call.position)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """Every fragment has an id of its own."""
    found = [p for p in pieces if p.kind == "args"]
    for n, piece in enumerate(found):
        piece.id = f"{reply.calls[piece.call].id}-{n}"
    return bool(found)


DEFECT = Defect(
    slug="id-unstable",
    group="F",
    tells_of="serialization",
    title="The id of one call changes while it is streamed",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the server",
    help=(
        "Clients that key on the id make one call per chunk of it. Key on the index, keep the "
        "first id."
    ),
    example=(
        '{"index":0,"id":"call_a",...} ; {"index":0,"id":"call_b","function":{"arguments":"..."}}'
    ),
    sources=("poolsideai/pool#9", "cubist38/mlx-openai-server#216", "JetBrains/koog#2052"),
    indistinguishable=(
        "When the new id comes with a complete argument object behind it, it is taken for a "
        "new call (idx-collision)."
    ),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "indexed stream"),
    examples=(
        streamed(
            delta(0, '{"a":', id="call_1", name="f"), delta(0, "1}", id="call_2"), where="indexed"
        ),
        streamed(
            delta(0, '{"a":', id="call_1", name="f"),
            delta(0, "1}", id="call_1"),
            found=False,
            where="indexed",
        ),
    ),
)
