"""Call indexes don't count up from 0 without holes."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import each_call


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.traits.indexed or not facts.streamed:
        return ()
    began = sorted(facts.streamed, key=lambda call: call.arrival)
    slots = list(dict.fromkeys(call.slot for call in began if call.slot is not None))
    if slots == list(range(len(slots))):
        return ()
    return [DEFECT.finding(f"call indexes are {slots[:8]}", call=began[0].position)]


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """Indexes don't start at 0 or leave some out."""
    return each_call(pieces, lambda p: setattr(p, "slot", p.call * 3 + 1))


DEFECT = Defect(
    slug="idx-sparse",
    group="F",
    tells_of="serialization",
    title="Call indexes don't count up from 0 without holes",
    severity="warn",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="a gateway that passes content-block numbers on",
    help=(
        "Harmless to clients that use the index as a key; clients that use it as a list "
        "position crash, openai's own stream() among them."
    ),
    example='first tool-call delta: {"index":1,...}',
    sources=("vercel/ai#18333", "apache/maka#1967", "moeru-ai/xsai#218"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "indexed stream"),
    examples=(
        streamed(delta(1, "{}", id="call_1", name="f"), where="indexed"),
        streamed(
            delta(1, "{}", id="call_2", name="f"),
            delta(0, "{}", id="call_1", name="f"),
            where="indexed",
        ),
        streamed(delta(0, "{}", id="call_1", name="f"), found=False, where="indexed"),
    ),
)
