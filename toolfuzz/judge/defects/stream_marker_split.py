"""The beginning of a call marker leaked into the text."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    if facts.marker is None:
        return ()
    return [DEFECT.finding(f"the text ends with {facts.marker!r}", actual=facts.marker)]


DEFECT = Defect(
    slug="stream-marker-split",
    group="F",
    title="The beginning of a call marker leaked into the text",
    severity="error",
    layer="stream",
    stage="pairing",
    usual="the server's streaming parser",
    help=(
        "The marker was cut between two chunks. Update the server; strip the rest of the "
        "marker before showing the text."
    ),
    example='content "<to" and then a tool call',
    sources=("vllm-project/vllm#40911", "lsdefine/GenericAgent#804", "raullenchai/Rapid-MLX#1592"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
)
