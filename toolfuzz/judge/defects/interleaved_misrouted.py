"""Fragments of parallel calls landed in the wrong call."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="interleaved-misrouted",
    group="F",
    title="Fragments of parallel calls landed in the wrong call",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the gateway",
    help="Switch parallel calls or streaming off; report the gateway.",
    example="f and g opened, then the arguments of g come under the index of f",
    sources=("continuedev/continue#13223", "QwenLM/Qwen-Agent#943", "maximhq/bifrost#1829"),
    indistinguishable=(
        "Two whole calls of one tool with swapped arguments are right when no order was asked for."
    ),
)
