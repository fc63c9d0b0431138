"""An id of an earlier turn is given out again."""

from collections import Counter
from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.example import answer, called, refused, said
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import earlier_calls


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.traits.ids:
        return ()
    given = {call.id for reply in facts.earlier if reply for call in reply.calls}
    for n, call in enumerate(facts.calls):
        if call.id and call.id in given:
            message = f"the id {clip(call.id, 80)!r} was given out in an earlier turn"
            return [DEFECT.finding(message, call=n)]
    return ()


def _given_twice(facts: Facts) -> bool:
    """Whether an id stands in two earlier replies."""
    given = [{call.id for call in reply.calls} for reply in facts.earlier if reply]
    counts = Counter(id for ids in given for id in ids if id)
    return any(count > 1 for count in counts.values())


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Ids are counted from 0 in every reply; nobody can see it in the first."""
    for n, call in enumerate(reply.calls):
        call.id = f"call_{n}"
    given = {call.id for call in earlier_calls(reply.ask)}
    return any(call.id in given for call in reply.calls)


DEFECT = Defect(
    slug="id-reused-across-turns",
    group="H",
    tells_of="serialization",
    title="An id of an earlier turn is given out again",
    severity="error",
    layer="wire",
    stage="pairing",
    shows_in="history",
    usual="the model or server, whose counters restart",
    help="Make ids unique before they enter the history.",
    example="call_0 in turn 1 and in turn 2",
    sources=(
        "NousResearch/hermes-agent#111443",
        "NousResearch/hermes-agent#11722",
        "can1357/oh-my-pi#2055",
    ),
    detect=detect,
    explains=frozenset({"id-format"}) | before("id-format"),
    refused=Refused(
        "history",
        (
            # Anthropic, OpenAI Responses
            r"(?:tool.?use|tool.?call|call).?.?ids?\b.{0,40}(?:must be unique|duplicat|not unique)",
            r"duplicat\w*.{0,60}\b(?:tool|call|function|item)\w*.{0,40}(?:\b|_)id\b",
            r"duplicate .?call_id",
            r"single result|multiple .{0,3}tool_?result",
            r"reuses id\b",
        ),
        sure=_given_twice,
    ),
    fault=Fault(simulate, "message", "ids", turn=2),
    examples=(
        answer(called("f"), asked=None, earlier=(said(called("f")),), where="ids"),
        answer(called("f", id="call_2"), asked=None, earlier=(said(called("f")),), found=False),
        refused("messages.3.content.0: `tool_use` ids must be unique", turn=2),
        refused("messages.3.content.0: `tool_use` ids must be unique", turn=1, found=False),
    ),
)
