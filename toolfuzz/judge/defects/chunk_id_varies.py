"""The chunks of one stream carry different completion ids or choice numbers."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="chunk-id-varies",
    group="G",
    title="The chunks of one stream carry different completion ids or choice numbers",
    severity="info",
    layer="wire",
    stage="laws",
    usual="the server",
    help="Only clients that group chunks by id are hurt.",
    example="chatcmpl-1, chatcmpl-2, ...",
    sources=("microsoft/foundry-local#144",),
)
