"""The tool name is empty or missing."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="name-empty",
    group="E",
    title="The tool name is empty or missing",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server, in the first delta of a stream",
    help=(
        "Clients that open a call at the first delta fail. Turn streaming off or wait for the "
        "name before dispatching."
    ),
    example='{"index":0,"id":"call_1","function":{"name":"","arguments":""}}',
    sources=("jjang-ai/vmlx#244", "anomalyco/opencode#25971"),
)
