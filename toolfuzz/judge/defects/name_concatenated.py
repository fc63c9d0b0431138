"""Several tool names were glued into one."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._names import misnamed
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.calls import rename


def detect(facts: Facts) -> Iterable[Finding]:
    return misnamed(DEFECT, facts, "concatenated")


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """The names of several calls glued together."""
    if not reply.calls:
        return False
    first, *more = reply.calls
    name = "".join(c.name for c in reply.calls) if more else first.name * 2
    return rename(reply, roll, [name], first)


DEFECT = Defect(
    slug="name-concatenated",
    group="E",
    tells_of="serialization",
    title="Several tool names were glued into one",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server or gateway that merges parallel calls",
    help="Switch parallel calls off or streaming off; report the stream to the server's project.",
    example='{"name":"read_filewrite_file"}',
    sources=("tidyverse/ellmer#929", "maximhq/bifrost#1829"),
    detect=detect,
    explains=frozenset({"id-duplicate"}),
    fault=Fault(simulate, "message"),
    examples=(
        answer(called("get_weatherget_weather"), asked=[("get_weather", {})]),
        answer(called("get_weather"), asked=[("get_weather", {})], found=False),
    ),
)
