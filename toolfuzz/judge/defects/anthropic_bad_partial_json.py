"""The partial_json pieces don't join to a JSON object."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="anthropic-bad-partial-json",
    group="F",
    title="The partial_json pieces don't join to a JSON object",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server's Anthropic adapter",
    help="Compare with streaming off; report the joined text.",
    example="'code' ; '\": \"' ; 'uptime' ; '\"}'",
    sources=(
        "vllm-project/vllm#34887",
        "bojieli/ai-agent-book#194",
        "langchain-ai/langchainjs#9792",
        "sgl-project/sglang#16371",
    ),
    indistinguishable=(
        "A lost beginning is reported under this name; when the joined text shows another "
        "finer cause (tail lost, a known JSON error), that cause is named instead."
    ),
)
