"""A finished reply has no finish reason."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.reply.finish is not None or facts.reply.stream:
        return ()
    return [DEFECT.finding("finish_reason is null in a finished reply")]


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """No reason in a finished reply."""
    reply.finish = None
    return True


DEFECT = Defect(
    slug="finish-null",
    group="G",
    tells_of="serialization",
    title="A finished reply has no finish reason",
    severity="error",
    layer="wire",
    stage="assemble",
    usual="the gateway",
    help="Clients can't tell a whole reply from a part of one. Update the gateway.",
    example='{"finish_reason":null}',
    sources=("OpenRouterTeam/ai-sdk-provider#166",),
    detect=detect,
    fault=Fault(simulate, "message", "finish_word plain"),
)
