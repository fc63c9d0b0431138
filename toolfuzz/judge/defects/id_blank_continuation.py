"""Later deltas of a call carry an empty id or name."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.blanked:
            return [
                DEFECT.finding(f'a later delta carries "{call.blanked}": ""', call=call.position)
            ]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """Later fragments carry an empty id and an empty name."""
    found = [p for p in pieces if p.kind == "args"]
    for piece in found:
        piece.id = piece.name = ""
    return bool(found)


DEFECT = Defect(
    slug="id-blank-continuation",
    group="F",
    tells_of="serialization",
    title="Later deltas of a call carry an empty id or name",
    severity="warn",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="a gateway, such as DashScope",
    help=(
        "A client that assigns instead of keeping the first value loses id or name: ignore "
        "empty strings."
    ),
    example='{"index":0,"id":"","function":{"name":"","arguments":"{"}}',
    sources=("anomalyco/opencode#37783", "anomalyco/opencode#40969", "sgl-project/sglang#35542"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "indexed stream"),
    examples=(
        streamed(delta(0, '{"a":', id="call_1", name="f"), delta(0, "1}", id=""), where="indexed"),
        streamed(
            delta(0, '{"a":', id="call_1", name="f"), delta(0, "1}"), found=False, where="indexed"
        ),
    ),
)
