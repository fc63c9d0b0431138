"""The first argument bytes of a stream were lost."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import lose_piece
from toolfuzz.judge.texts import Headless


def detect(facts: Facts) -> Iterable[Finding]:
    # Where arguments are objects, pieces that don't join have a name of their own.
    if facts.traits.arguments == "object":
        return ()
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "headless":
            return [damaged(DEFECT, call)]
    return ()


def explain(fact: Headless) -> str | None:
    """Look for an object without its beginning in a stream, where no right answer shows it."""
    return "the beginning of the object is missing" if fact.stream else None


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The fragment that shared a delta with the name, ``{"``, is never sent."""
    return lose_piece(reply, pieces, 0)


DEFECT = Defect(
    slug="stream-head-lost",
    group="F",
    tells_of="serialization",
    title="The first argument bytes of a stream were lost",
    severity="error",
    layer="stream",
    stage="structure",
    shows_in="stream",
    usual="the server's stream writer, when name and arguments share a delta",
    help=(
        "Turn streaming off and report the stream; nothing that a client does brings the bytes "
        "back for sure."
    ),
    example='\'code": "uptime"}\'',
    sources=("vllm-project/vllm#42683", "vllm-project/vllm#34887"),
    detect=detect,
    explain={Headless: explain},
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "text stream"),
    examples=(
        streamed(
            delta(0, 'a":1}', id="call_1", name="f"), asked=[("f", {"a": 1})], where="indexed"
        ),
        streamed(
            delta(0, '{"a":1}', id="call_1", name="f"),
            asked=[("f", {"a": 1})],
            found=False,
            where="indexed",
        ),
    ),
)
