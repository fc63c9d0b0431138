"""A tool was called that was not offered."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="unknown-tool",
    group="E",
    title="A tool was called that was not offered",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the model",
    help=(
        "Answer such calls with an error that lists the offered names. If it is frequent, "
        "rename the tools closer to what the model expects."
    ),
    example='{"function":{"name":"execute_python"}}',
    sources=(
        "OpenHands/OpenHands#5111",
        "QwenLM/Qwen3.8#15",
        "anomalyco/opencode#31558",
        "epam/ai-dial-adapter-vertexai#325",
    ),
)
