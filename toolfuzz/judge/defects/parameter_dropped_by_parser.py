"""Only some of the parameters arrived."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="parameter-dropped-by-parser",
    group="C",
    title="Only some of the parameters arrived",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's parser",
    help=(
        "Compare the streamed with the plain reply, and the output tokens with what came. If "
        "parameters are optional, the loss is silent."
    ),
    example='{"first":42} for {"first":42,"second":7}',
    sources=("QwenLM/Qwen3#1568", "yigit353/langchain-qwq#19", "zai-org/GLM-4.5#146"),
    indistinguishable=(
        "A model that leaves a parameter out and a parser that drops it look alike in one "
        "reply. One missing required parameter is reported as missing-required; several "
        "missing beside one survivor at either end, or missing optional ones, as this."
    ),
    pairs=("missing-required", "schema-mutated"),
)
