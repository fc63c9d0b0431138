"""An id of an earlier turn is given out again."""

from collections.abc import Iterable

from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called, said
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if not facts.traits.ids:
        return ()
    given = {call.id for reply in facts.earlier if reply for call in reply.calls}
    for n, call in enumerate(facts.calls):
        if call.id and call.id in given:
            message = f"the id {clip(call.id, 80)!r} was given out in an earlier turn"
            return [DEFECT.finding(message, call=n)]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Ids are counted from 0 in every reply; nobody can see it in the first."""
    for n, call in enumerate(reply.calls):
        call.id = f"call_{n}"
    return bool(reply.calls) and reply.ask.turn > 1


DEFECT = Defect(
    slug="id-reused-across-turns",
    group="H",
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
    fault=Fault(simulate, "message", "ids", turn=2),
    examples=(
        answer(called("f"), asked=None, earlier=(said(called("f")),), where="ids"),
        answer(called("f", id="call_2"), asked=None, earlier=(said(called("f")),), found=False),
    ),
)
