"""Argument deltas repeat what was sent before."""

from collections.abc import Iterable
from itertools import accumulate

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import refined


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "grown":
            return [damaged(DEFECT, call)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """Every fragment repeats all arguments so far."""
    fragments = refined(pieces, reply, 3)
    for piece, text in zip(fragments, accumulate(p.text for p in fragments), strict=True):
        piece.text = text
    return bool(fragments)


DEFECT = Defect(
    slug="args-cumulative",
    group="F",
    tells_of="serialization",
    title="Argument deltas repeat what was sent before",
    severity="error",
    layer="stream",
    stage="structure",
    shows_in="stream",
    usual="the server or gateway",
    help=(
        "Each delta holds all arguments so far, or the last one holds everything again. "
        "Joining them gives broken JSON: turn streaming off or take the last delta alone."
    ),
    example="'{\"a' ; '{\"a\":1' ; '{\"a\":1}'",
    sources=(
        "NousResearch/hermes-agent#35718",
        "icoretech/codex-pooler#193",
        "diegosouzapw/OmniRoute#3762",
    ),
    pairs=("stream-duplicate-delta",),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "pieces stream"),
    examples=(
        streamed(
            delta(0, '{"a', id="call_1", name="f"),
            delta(0, '{"a":'),
            delta(0, '{"a":1}'),
            asked=[("f", {"a": 1})],
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":"Se', id="call_1", name="f"),
            delta(0, '{"a":"Seattle","b":1}'),
            asked=[("f", {"a": "Seattle", "b": 1})],
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":"Se', id="call_1", name="f"),
            delta(0, '{"a":"Sea'),
            delta(0, 'ttle"}'),
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":{"b":', id="call_1", name="f"),
            delta(0, '{"b":1}}}'),
            asked=[("f", {"a": {"b": {"b": 1}}})],
            found=False,
            where="indexed",
        ),
        streamed(
            delta(0, '{"a', id="call_1", name="f"),
            delta(0, '":1}'),
            asked=[("f", {"a": 1})],
            found=False,
            where="indexed",
        ),
    ),
)
