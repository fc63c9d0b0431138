"""A streamed call never gets an id."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ABSENT, Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import each_call


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.traits.ids:
        return ()
    for call in facts.streamed:
        if not call.id:
            return [DEFECT.finding("the call never gets an id", call=call.position)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """No id, or null."""
    value = roll.rng.choice([ABSENT, None])
    last = [p for p in pieces if p.kind == "open"][-1:]
    return each_call(last, lambda p: setattr(p, "id", value))


DEFECT = Defect(
    slug="id-missing",
    group="F",
    tells_of="serialization",
    title="A streamed call never gets an id",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the server",
    help=(
        "Without an id the result can't be sent back. Turn streaming off or let the client "
        "make up an id and use it on both sides."
    ),
    example='{"index":1,"id":null,"function":{"name":"f"}}',
    sources=("sgl-project/sglang#7048", "vllm-project/vllm#18412", "anomalyco/opencode#25971"),
    detect=detect,
    explains=frozenset({"id-late", "stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "ids stream"),
    examples=(
        streamed(delta(0, "{}", name="f"), where="indexed"),
        streamed(delta(0, "", name="f"), delta(0, "{}", id="call_1"), found=False, where="indexed"),
    ),
)
