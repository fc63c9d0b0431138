"""The same call came twice in one reply."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="duplicate-call",
    group="E",
    title="The same call came twice in one reply",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="the server or gateway, in streams",
    help=(
        "Drop calls with equal name and arguments before running them; compare with streaming "
        "off to see whether the model or the stream repeats."
    ),
    example=(
        '{"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":"{}"}}]}'
    ),
    sources=("agno-agi/agno#2336", "charmbracelet/crush#3121", "QwenLM/qwen-code#5038"),
)
