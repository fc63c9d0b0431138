"""A delta came for a content block that was already closed."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="anthropic-delta-after-stop",
    group="F",
    title="A delta came for a content block that was already closed",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the gateway, with parallel calls",
    help="Clients drop it or crash. Switch parallel calls or streaming off.",
    example="content_block_stop index 0 ; content_block_delta index 0",
    sources=("headroomlabs-ai/headroom#2890",),
)
