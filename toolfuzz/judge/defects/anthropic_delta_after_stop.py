"""A delta came for a content block that was already closed."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import closed, delta, opened, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.after_close:
            return [DEFECT.finding("a delta for a block that was closed", call=call.position)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The last fragment comes after its block was stopped."""
    fragments = [n for n, p in enumerate(pieces) if p.kind == "args"]
    if not fragments:
        return False
    at = fragments[-1]
    pieces[at], pieces[at + 1] = pieces[at + 1], pieces[at]
    return True


DEFECT = Defect(
    slug="anthropic-delta-after-stop",
    group="F",
    tells_of="serialization",
    title="A delta came for a content block that was already closed",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the gateway, with parallel calls",
    help="Clients drop it or crash. Switch parallel calls or streaming off.",
    example="content_block_stop index 0 ; content_block_delta index 0",
    sources=("headroomlabs-ai/headroom#2890",),
    detect=detect,
    explains=frozenset({"stream-not-incremental", "wire-malformed"}),
    fault=Fault(simulate, "pieces", "closes stream"),
    examples=(
        streamed(
            opened(0, id="call_1", name="f"),
            delta(0, '{"a":'),
            closed(0),
            delta(0, "1}"),
            where="closes",
        ),
        streamed(
            opened(0, id="call_1", name="f"),
            delta(0, '{"a":1}'),
            closed(0),
            where="closes",
            found=False,
        ),
    ),
)
