"""The call is structured and its raw markup stands in the text too."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="call-and-markup",
    group="E",
    title="The call is structured and its raw markup stands in the text too",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server",
    help=(
        "Users see raw markup and clients that parse text run the tool twice. Update the "
        "server's parser, or strip the markup before showing the text."
    ),
    example=(
        '{"content":"<tool_call>{\\"name\\":\\"f\\"}</tool_call>","tool_calls":[{"function":{"name":"f"}}]}'
    ),
    sources=("EricLBuehler/mistral.rs#2427", "raullenchai/Rapid-MLX#1592", "mudler/LocalAI#10346"),
)
