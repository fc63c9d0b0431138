"""Two calls of one reply share an id."""

from collections import Counter
from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._ids import kept
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    ids = [call.id for call in kept(facts) if call.id]
    if len(set(ids)) == len(ids):
        return ()
    counts = Counter(ids)
    for n, call in enumerate(kept(facts)):
        if call.id and counts[call.id] > 1:
            message = f"{counts[call.id]} calls share the id {clip(call.id, 80)!r}"
            return [DEFECT.finding(message, call=n)]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """All calls share one id."""
    for call in reply.calls[1:]:
        call.id = reply.calls[0].id
    return len(reply.calls) > 1


DEFECT = Defect(
    slug="id-duplicate",
    group="G",
    tells_of="serialization",
    harm="call",
    title="Two calls of one reply share an id",
    severity="error",
    layer="wire",
    stage="pairing",
    usual="the model or server, which makes ids from counters",
    help=(
        "Results can't be told apart and most providers refuse the next turn. Give each call a "
        "fresh id before answering."
    ),
    example='{"tool_calls":[{"id":"call_1",...},{"id":"call_1",...}]}',
    sources=(
        "can1357/oh-my-pi#2055",
        "NousResearch/hermes-agent#67777",
        "charmbracelet/crush#3121",
    ),
    detect=detect,
    fault=Fault(simulate, "message", "ids"),
    examples=(
        answer(called("f", '{"a":1}'), called("f", '{"a":2}'), asked=None),
        answer(
            called("f", '{"a":1}'), called("f", '{"a":2}', id="call_2"), asked=None, found=False
        ),
    ),
)
