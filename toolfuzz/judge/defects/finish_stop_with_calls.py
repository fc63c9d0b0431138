"""There are calls, but the finish reason says otherwise."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="finish-stop-with-calls",
    group="G",
    title="There are calls, but the finish reason says otherwise",
    severity="warn",
    layer="wire",
    stage="assemble",
    usual="the server or gateway",
    help=(
        "Clients that wait for tool_calls never run them: look at the calls instead of the "
        "finish reason."
    ),
    example='{"tool_calls":[{...}],"finish_reason":"stop"}',
    sources=(
        "vllm-project/vllm#9209",
        "BerriAI/litellm#35663",
        "BerriAI/litellm#12862",
        "BerriAI/litellm#12481",
        "Blaizzy/mlx-vlm#1014",
        "ollama/ollama#7963",
    ),
)
