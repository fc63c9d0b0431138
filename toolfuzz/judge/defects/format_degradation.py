"""Calls turn into text or change their form after some turns."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="format-degradation",
    group="H",
    title="Calls turn into text or change their form after some turns",
    severity="error",
    layer="structure",
    stage="structure",
    usual="a chat template that renders history differently",
    help="Compare the rate of defects by turn; use the model's own template.",
    example='turn 3: content "[Calling tool: f({...})]"',
    sources=("vybestack/llxprt-code#713", "sgl-project/sglang#25362", "raullenchai/Rapid-MLX#1592"),
    pairs=("call-in-content",),
    scope="multi-turn",
)
