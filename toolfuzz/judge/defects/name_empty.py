"""The tool name is empty or missing."""

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
    if found := misnamed(DEFECT, facts, "empty"):
        return found
    for call in facts.streamed:
        if call.name_came_late and call.name_came_blank:
            message = "the name came after the first delta of its call"
            return [DEFECT.finding(message, call=call.position)]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """No name."""
    return rename(reply, roll, [""])


DEFECT = Defect(
    slug="name-empty",
    group="E",
    tells_of="serialization",
    title="The tool name is empty or missing",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the server, in the first delta of a stream",
    help=(
        "Clients that open a call at the first delta fail. Turn streaming off or wait for the "
        "name before dispatching."
    ),
    example='{"index":0,"id":"call_1","function":{"name":"","arguments":""}}',
    sources=("jjang-ai/vmlx#244", "anomalyco/opencode#25971"),
    detect=detect,
    fault=Fault(simulate, "message"),
    examples=(
        answer(called(""), asked=[("get_weather", {})]),
        answer(called("get_weather"), asked=[("get_weather", {})], found=False),
    ),
)
