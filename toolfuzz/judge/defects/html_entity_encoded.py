"""Characters arrive as HTML entities."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="html-entity-encoded",
    group="C",
    title="Characters arrive as HTML entities",
    severity="error",
    layer="values",
    stage="values",
    usual="a model prompted with XML, or a parser that does not unescape",
    help=(
        "Shell commands break on &amp;&amp;. Decode once, and only for parameters that never "
        "hold entities."
    ),
    example='{"command":"cd a &amp;&amp; ls"}',
    sources=(
        "anomalyco/opencode#4530",
        "tetsuo-ai/AgenC#1280",
        "probelabs/probe#448",
        "kdeps/kdeps#872",
    ),
)
