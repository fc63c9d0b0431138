"""The id of one call changes while it is streamed."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="id-unstable",
    group="F",
    title="The id of one call changes while it is streamed",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server",
    help=(
        "Clients that key on the id make one call per chunk of it. Key on the index, keep the "
        "first id."
    ),
    example=(
        '{"index":0,"id":"call_a",...} ; {"index":0,"id":"call_b","function":{"arguments":"..."}}'
    ),
    sources=("poolsideai/pool#9", "cubist38/mlx-openai-server#216", "JetBrains/koog#2052"),
    indistinguishable=(
        "When the new id comes with a complete argument object behind it, it is taken for a "
        "new call (idx-collision)."
    ),
)
