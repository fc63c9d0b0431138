"""Fragments of parallel calls landed in the wrong call."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "swapped":
            return [damaged(DEFECT, call)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """Parallel calls of two tools get each other's arguments."""
    if len(reply.calls) < 2 or reply.calls[0].name == reply.calls[1].name:
        return False
    first, second = ([p for p in pieces if p.kind == "args" and p.call == n] for n in (0, 1))
    if not first or not second:
        return False
    start, middle = pieces.index(first[0]), pieces.index(second[0])
    for piece in (*first, *second):
        piece.call = piece.slot = 1 - piece.call
    pieces[middle : middle + len(second)] = first
    pieces[start : start + len(first)] = second
    return True


DEFECT = Defect(
    slug="interleaved-misrouted",
    group="F",
    tells_of="serialization",
    harm="call",
    title="Fragments of parallel calls landed in the wrong call",
    severity="error",
    layer="stream",
    stage="structure",
    shows_in="stream",
    usual="the gateway",
    help="Switch parallel calls or streaming off; report the gateway.",
    example="f and g opened, then the arguments of g come under the index of f",
    sources=("continuedev/continue#13223", "QwenLM/Qwen-Agent#943", "maximhq/bifrost#1829"),
    indistinguishable=(
        "Two whole calls of one tool with swapped arguments are right when no order was asked for."
    ),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "pieces stream"),
    examples=(
        streamed(
            delta(0, "", id="call_1", name="f"),
            delta(0, '{"b":2}'),
            delta(1, "", id="call_2", name="g"),
            delta(1, '{"a":1}'),
            asked=[("f", {"a": 1}), ("g", {"b": 2})],
            where="indexed",
        ),
        streamed(
            delta(0, "", id="call_1", name="f"),
            delta(0, '{"a":1}'),
            delta(1, "", id="call_2", name="g"),
            delta(1, '{"b":2}'),
            asked=[("f", {"a": 1}), ("g", {"b": 2})],
            where="indexed",
            found=False,
        ),
    ),
)
