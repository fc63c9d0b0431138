"""The partial_json pieces don't join to a JSON object."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.streams import lose_piece
from toolfuzz.judge.texts import Unread


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.traits.arguments != "object":
        return ()
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "headless":
            return [damaged(DEFECT, call)]
    for one in facts.matched if facts.streamed else ():
        for fact in one.document.facts:
            if isinstance(fact, Unread) and not fact.markup:
                said = f"not JSON: {fact.reason}"
                return [DEFECT.finding(said, call=one.index, actual=fact.actual)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The first fragment is never sent, so that the rest is no JSON."""
    return lose_piece(reply, pieces, 0)


DEFECT = Defect(
    slug="anthropic-bad-partial-json",
    group="F",
    tells_of="serialization",
    title="The partial_json pieces don't join to a JSON object",
    severity="error",
    layer="stream",
    stage="values",
    shows_in="stream",
    usual="the server's Anthropic adapter",
    help="Compare with streaming off; report the joined text.",
    example="'code' ; '\": \"' ; 'uptime' ; '\"}'",
    sources=(
        "vllm-project/vllm#34887",
        "bojieli/ai-agent-book#194",
        "langchain-ai/langchainjs#9792",
        "sgl-project/sglang#16371",
    ),
    indistinguishable=(
        "A lost beginning is reported under this name; when the joined text shows another "
        "finer cause (tail lost, a known JSON error), that cause is named instead."
    ),
    detect=detect,
    explains=frozenset({"args-unparsable", "stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "object pieces stream"),
    examples=(
        streamed(
            delta(0, 'a":1}', id="call_1", name="f"), asked=[("f", {"a": 1})], where="object pieces"
        ),
        streamed(
            delta(0, '{"a":1}', id="call_1", name="f"),
            asked=[("f", {"a": 1})],
            where="object pieces",
            found=False,
        ),
    ),
)
