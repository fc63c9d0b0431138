"""The chat template needs replayed arguments in another type than the API."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="history-args-type",
    group="H",
    title="The chat template needs replayed arguments in another type than the API",
    severity="error",
    layer="wire",
    stage="laws",
    usual="the chat template",
    help=(
        "Use a corrected chat template. When it doesn't crash, the model sees its own calls "
        "double-encoded and starts to copy that."
    ),
    example='turn 2: HTTP 400 "Can only get item pairs from a mapping"',
    sources=("sgl-project/sglang#9009", "sgl-project/sglang#9500", "QwenLM/Qwen3-Coder#444"),
)
