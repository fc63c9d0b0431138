"""The tool name carries a namespace or a counter that was not offered."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="name-prefixed",
    group="E",
    title="The tool name carries a namespace or a counter that was not offered",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server's parser or model",
    help=(
        "The model's native form shines through (functions.NAME:0, default_api.NAME). Update "
        "the parser or strip that prefix and suffix."
    ),
    example='{"name":"functions.get_weather:0"}',
    sources=("lidge-jun/opencodex#4181", "onnxruntime/mobius#520", "sgl-project/sglang#21377"),
)
