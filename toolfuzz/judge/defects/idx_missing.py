"""Tool-call deltas carry no index."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="idx-missing",
    group="F",
    title="Tool-call deltas carry no index",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="a gateway, such as Gemini's OpenAI surface",
    help=(
        "Clients that key on the index crash or merge calls. Turn streaming off or start a new "
        "call at every new id."
    ),
    example='data: {"choices":[{"delta":{"tool_calls":[{"id":"call_1","function":{...}}]}}]}',
    sources=(
        "openai/openai-python#3246",
        "jin-bo/agentao#117",
        "SamSaffron/term-llm#314",
        "langchain4j/langchain4j#4583",
    ),
)
