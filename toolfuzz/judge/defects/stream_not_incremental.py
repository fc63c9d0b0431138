"""All arguments came in one piece."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "at-once":
            return [damaged(DEFECT, call)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """All arguments in one fragment."""
    found = False
    for n, call in enumerate(reply.calls):
        fragments = [p for p in pieces if p.kind == "args" and p.call == n]
        if isinstance(call.raw, str) and len(call.raw) > 64 and len(fragments) > 1:
            fragments[0].text, found = call.raw, True
            pieces[:] = [p for p in pieces if p not in fragments[1:]]
    return found


DEFECT = Defect(
    slug="stream-not-incremental",
    group="F",
    tells_of="serialization",
    title="All arguments came in one piece",
    severity="info",
    layer="stream",
    stage="structure",
    shows_in="stream",
    usual="the server's parser",
    help="Allowed, but the user waits. Some servers need a switch (z.ai: tool_stream).",
    example="one delta with the name and 2 kB of arguments",
    sources=(
        "vllm-project/vllm#30439",
        "sgl-project/sglang#11888",
        "sgl-project/sglang#13989",
        "lobehub/lobehub#13757",
    ),
    indistinguishable="It is legal: the note says that nothing was gained by streaming.",
    detect=detect,
    fault=Fault(simulate, "pieces", "pieces stream"),
    examples=(
        streamed(
            delta(0, "", id="call_1", name="f"),
            delta(0, '{"a":"' + "x" * 80 + '"}'),
            where="indexed",
        ),
        streamed(
            delta(0, "", id="call_1", name="f"),
            delta(0, '{"a":"' + "x" * 80),
            delta(0, '"}'),
            where="indexed",
            found=False,
        ),
    ),
)
