"""Tokens were spent, but neither call nor text came back."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="call-dropped",
    group="E",
    title="Tokens were spent, but neither call nor text came back",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server's parser",
    help=(
        "The parser met text that it could not read and threw it away. Ask the server for its "
        "raw output (skip_special_tokens off, parser off) to see what the model wrote."
    ),
    example='{"content":null,"finish_reason":"stop","usage":{"completion_tokens":57}}',
    sources=(
        "ollama/ollama#17284",
        "vllm-project/vllm#53431",
        "sgl-project/sglang#25362",
        "vllm-project/vllm#46127",
    ),
    indistinguishable=(
        "A parser that drops a call and a model that spends its tokens on hidden reasoning "
        "look alike when the server reports no reasoning."
    ),
)
