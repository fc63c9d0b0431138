"""The last argument deltas were never sent."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import lose_piece


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "tailless":
            return [damaged(DEFECT, call)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The last fragment is never sent."""
    return lose_piece(reply, pieces, -1)


DEFECT = Defect(
    slug="stream-tail-lost",
    group="F",
    tells_of="serialization",
    title="The last argument deltas were never sent",
    severity="error",
    layer="stream",
    stage="structure",
    shows_in="stream",
    usual="the server's streaming parser",
    help=(
        "The same question without streaming is complete, or what came agrees with the right "
        "answer to the last byte. Turn streaming off, or speculative decoding, and update the "
        "server."
    ),
    example='..."id": 42   and then finish_reason tool_calls',
    sources=(
        "vllm-project/vllm#32152",
        "vllm-project/vllm#36360",
        "vllm-project/vllm#13459",
        "vllm-project/vllm#10781",
        "vllm-project/vllm#34101",
        "vllm-project/vllm#42167",
    ),
    indistinguishable=(
        "Without a known answer and without the plain reply it is reported as args-truncated."
    ),
    pairs=("args-truncated",),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "pieces stream"),
    examples=(
        streamed(
            delta(0, '{"a":', id="call_1", name="f"), asked=[("f", {"a": 1})], where="indexed"
        ),
        streamed(
            delta(0, '{"a":1}', id="call_1", name="f"),
            asked=[("f", {"a": 1})],
            found=False,
            where="indexed",
        ),
    ),
)
