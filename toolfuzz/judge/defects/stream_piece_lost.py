"""A piece in the middle of the streamed arguments was never sent."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import called, delta, said, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import lose_middle


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "gap":
            return [damaged(DEFECT, call)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """A fragment in the middle is never sent."""
    return lose_middle(reply, pieces)


DEFECT = Defect(
    slug="stream-piece-lost",
    group="F",
    tells_of="serialization",
    title="A piece in the middle of the streamed arguments was never sent",
    severity="error",
    layer="stream",
    stage="structure",
    shows_in="stream",
    usual="a gateway that reads event streams with a line reader, which splits at U+2028 too",
    help=(
        "Ask the same without streaming, and ask the server without the gateway. If the lost "
        "piece holds U+2028, U+2029 or U+0085, the gateway reads lines with a function that ends "
        "a line there: an event stream ends its lines with CR and LF alone."
    ),
    example='deltas {"text":"one and three"} where one, U+2028, two and three was sent',
    sources=("Soju06/codex-lb#1010", "langgenius/dify#39008"),
    indistinguishable=(
        "Without a known answer and without the plain reply it is reported by what is left. "
        "Where what is left still loads, the model may have left it out: then the plain reply, "
        "an unreadable event or a line separator in what is lost must show it."
    ),
    pairs=("args-unparsable",),
    detect=detect,
    explains=frozenset(
        {
            "stream-nonstream-divergence",
            "stream-not-incremental",
            "wire-law-broken",
            "wire-malformed",
        }
    ),
    fault=Fault(simulate, "pieces", "pieces stream"),
    examples=(
        streamed(
            delta(0, '{"a":"xy","b', id="call_1", name="f"),
            delta(0, ',"c":1}'),
            asked=[("f", {"a": "xy", "b": 2, "c": 1})],
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":"one', id="call_1", name="f"),
            delta(0, ' three"}'),
            asked=[("f", {"a": "one\u2028two three"})],
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":"one', id="call_1", name="f"),
            delta(0, ' three"}'),
            asked=None,
            counterpart=said(called("f", '{"a":"one, two three"}')),
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":"one', id="call_1", name="f"),
            delta(0, ' three"}'),
            asked=[("f", {"a": "one, two three"})],
            where="indexed",
            found=False,
        ),
        streamed(
            delta(0, '{"a":"one\u2028', id="call_1", name="f"),
            delta(0, 'two three"}'),
            asked=[("f", {"a": "one\u2028two three"})],
            where="indexed",
            found=False,
        ),
    ),
)
