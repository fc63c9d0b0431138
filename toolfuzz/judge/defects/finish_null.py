"""A finished reply has no finish reason."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="finish-null",
    group="G",
    title="A finished reply has no finish reason",
    severity="error",
    layer="wire",
    stage="assemble",
    usual="the gateway",
    help="Clients can't tell a whole reply from a part of one. Update the gateway.",
    example='{"finish_reason":null}',
    sources=("OpenRouterTeam/ai-sdk-provider#166",),
)
