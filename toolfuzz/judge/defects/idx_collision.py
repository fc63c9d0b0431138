"""Different calls share one index."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import each_call


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.slot_shared:
            return [
                DEFECT.finding(f"index {call.slot} is used for another call", call=call.position)
            ]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """All calls share index 0."""
    each_call(pieces, lambda p: setattr(p, "slot", 0))
    return len(reply.calls) > 1


DEFECT = Defect(
    slug="idx-collision",
    group="F",
    tells_of="serialization",
    harm="call",
    title="Different calls share one index",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="the server",
    help=(
        "Clients merge these calls into one. Switch parallel calls or streaming off; a "
        "tolerant client starts a new call when id or name changes."
    ),
    example='{"index":0,"id":"call_a",...} ; {"index":0,"id":"call_b",...}',
    sources=(
        "ai-dynamo/dynamo#4723",
        "apache/maka#1976",
        "huggingface/smolagents#1958",
        "InternLM/lmdeploy#3412",
        "openai/openai-python#3241",
    ),
    detect=detect,
    explains=frozenset({"id-duplicate", "idx-sparse", "stream-not-incremental", "wire-malformed"}),
    fault=Fault(simulate, "pieces", "pieces stream"),
    examples=(
        streamed(
            delta(0, '{"a":1}', id="call_1", name="f"),
            delta(0, '{"a":2}', id="call_2", name="f"),
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":1}', id="call_1", name="f"),
            delta(1, '{"a":2}', id="call_2", name="f"),
            found=False,
            where="indexed",
        ),
    ),
)
