"""The beginning of a call marker leaked into the text."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.marker is None:
        return ()
    return [DEFECT.finding(f"the text ends with {facts.marker!r}", actual=facts.marker)]


_MARKERS = ("<tool_c", "<|tool_ca", "<minimax:to", "[TOOL_CA")


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """The first characters of the native marker get into the content."""
    if not reply.calls:
        return False
    at = next(n for n, p in enumerate(pieces) if p.kind == "open")
    said = repr((reply.ask.tools, reply.ask.said))
    marker = next((marker for marker in _MARKERS if marker not in said), "<tool_c")
    pieces.insert(at, Piece("text", marker))
    return True


DEFECT = Defect(
    slug="stream-marker-split",
    group="F",
    tells_of="serialization",
    harm="form",
    title="The beginning of a call marker leaked into the text",
    severity="error",
    layer="stream",
    stage="pairing",
    shows_in="stream",
    usual="the server's streaming parser",
    help=(
        "The marker was cut between two chunks. Update the server; strip the rest of the "
        "marker before showing the text."
    ),
    example='content "<to" and then a tool call',
    sources=("vllm-project/vllm#40911", "lsdefine/GenericAgent#804", "raullenchai/Rapid-MLX#1592"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "stream"),
    examples=(
        streamed(delta(0, "{}", id="call_1", name="f"), text="I look. <tool_c", where="indexed"),
        streamed(
            delta(0, "{}", id="call_1", name="f"), text="1 < 2, so", where="indexed", found=False
        ),
    ),
)
