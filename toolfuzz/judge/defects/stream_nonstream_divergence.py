"""The same question gives other calls streamed than plain."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="stream-nonstream-divergence",
    group="F",
    title="The same question gives other calls streamed than plain",
    severity="error",
    layer="stream",
    stage="causes",
    usual="a server with two parsers",
    help=(
        "Prefer the mode that is right and report both replies. Check first that the settings "
        "are deterministic."
    ),
    example='stream {"a":1} · plain {"a":1,"b":2}',
    sources=(
        "vllm-project/vllm#18108",
        "zai-org/GLM-4.5#146",
        "vllm-project/vllm-ascend#12261",
        "vllm-project/vllm#56263",
        "vllm-project/vllm#39253",
    ),
    indistinguishable=(
        "A model that samples may answer differently by itself; ask at temperature 0 and more "
        "than once. Beside a known answer the finer cause is named as well."
    ),
    pairs=(
        "missing-required",
        "parameter-dropped-by-parser",
        "args-empty-object",
        "schema-unenforced",
    ),
)
