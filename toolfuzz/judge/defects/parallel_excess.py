"""Several calls came although parallel calls were switched off."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="parallel-excess",
    group="E",
    title="Several calls came although parallel calls were switched off",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server that ignores the flag",
    help=(
        "Run only the first call and send an error for the others, or say in the prompt that "
        "one call is wanted."
    ),
    example='parallel_tool_calls=false: {"tool_calls":[{...},{...}]}',
    sources=("sgl-project/sglang#9696", "vllm-project/vllm#9451", "vllm-project/vllm#26233"),
)
