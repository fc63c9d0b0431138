"""Tool-call deltas carry no index."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ABSENT, Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import each_call


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.unindexed:
            return [DEFECT.finding(f"{call.unindexed} without an index", call=call.position)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """No index on the events of a call."""
    value = roll.rng.choice([ABSENT, None]) if roll.format.traits.indexed else ABSENT
    return each_call(pieces, lambda p: setattr(p, "slot", value))


DEFECT = Defect(
    slug="idx-missing",
    group="F",
    tells_of="serialization",
    title="Tool-call deltas carry no index",
    severity="error",
    layer="stream",
    stage="assemble",
    shows_in="stream",
    usual="a gateway, such as Gemini's OpenAI surface",
    help=(
        "Clients that key on the index crash or merge calls. Turn streaming off or start a new "
        "call at every new id."
    ),
    example='data: {"choices":[{"delta":{"tool_calls":[{"id":"call_1","function":{...}}]}}]}',
    sources=(
        "openai/openai-python#3246",
        "jin-bo/agentao#117",
        "SamSaffron/term-llm#314",
        "langchain4j/langchain4j#4583",
    ),
    detect=detect,
    explains=frozenset({"idx-sparse", "stream-not-incremental", "wire-malformed"}),
    fault=Fault(simulate, "pieces", "pieces stream"),
    examples=(
        streamed(delta(None, "{}", id="call_1", name="f"), where="indexed"),
        streamed(delta(0, "{}", id="call_1", name="f"), found=False, where="indexed"),
    ),
)
