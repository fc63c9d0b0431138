"""The chunks of one stream carry different completion ids or choice numbers."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan, Wire
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    ids = facts.reply.chunk_ids
    if not facts.reply.stream or len(ids) < 2 or facts.excuse is not None:
        return ()
    return [DEFECT.finding(f"{len(ids)} completion ids in one stream")]


def simulate(reply: ReplyPlan, wire: Wire, roll: Roll) -> bool:
    """Every chunk has a completion id of its own."""
    for n, (_, data) in enumerate(wire.events):
        if isinstance(data, dict):
            data["id"] = f"{data.get('id')}.{n}"
    return True


DEFECT = Defect(
    slug="chunk-id-varies",
    group="G",
    tells_of="serialization",
    title="The chunks of one stream carry different completion ids or choice numbers",
    severity="info",
    layer="wire",
    stage="laws",
    shows_in="stream",
    usual="the server",
    help="Only clients that group chunks by id are hurt.",
    example="chatcmpl-1, chatcmpl-2, ...",
    sources=("microsoft/foundry-local#144",),
    detect=detect,
    problems=frozenset({"choice-index"}),
    fault=Fault(simulate, "wire", "indexed stream"),
)
