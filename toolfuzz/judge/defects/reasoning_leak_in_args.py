"""Reasoning tags or channel tokens leaked into a value."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="reasoning-leak-in-args",
    group="C",
    title="Reasoning tags or channel tokens leaked into a value",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's border between reasoning and tool call",
    help="Update the reasoning parser, or switch reasoning off for tool calls.",
    example='{"q":"</think> weather Paris"}',
    sources=("vllm-project/vllm#55759", "Avarok-Cybersecurity/atlas#73"),
)
