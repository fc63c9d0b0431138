"""A streamed call never gets an id."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="id-missing",
    group="F",
    title="A streamed call never gets an id",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server",
    help=(
        "Without an id the result can't be sent back. Turn streaming off or let the client "
        "make up an id and use it on both sides."
    ),
    example='{"index":1,"id":null,"function":{"name":"f"}}',
    sources=("sgl-project/sglang#7048", "vllm-project/vllm#18412", "anomalyco/opencode#25971"),
)
