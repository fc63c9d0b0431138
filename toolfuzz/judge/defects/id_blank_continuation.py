"""Later deltas of a call carry an empty id or name."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="id-blank-continuation",
    group="F",
    title="Later deltas of a call carry an empty id or name",
    severity="warn",
    layer="stream",
    stage="assemble",
    usual="a gateway, such as DashScope",
    help=(
        "A client that assigns instead of keeping the first value loses id or name: ignore "
        "empty strings."
    ),
    example='{"index":0,"id":"","function":{"name":"","arguments":"{"}}',
    sources=("anomalyco/opencode#37783", "anomalyco/opencode#40969", "sgl-project/sglang#35542"),
)
