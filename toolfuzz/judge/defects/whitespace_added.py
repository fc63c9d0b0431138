"""Whitespace was added around a string."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="whitespace-added",
    group="C",
    title="Whitespace was added around a string",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser that keeps the format's own newlines",
    help="Trim where outer whitespace has no meaning, and report it.",
    example='{"city":"\\nParis\\n"}',
    sources=("vllm-project/vllm#54808",),
)
