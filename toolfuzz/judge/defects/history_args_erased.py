"""Replayed arguments reach the model as {}."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="history-args-erased",
    group="H",
    title="Replayed arguments reach the model as {}",
    severity="error",
    layer="structure",
    stage="structure",
    usual="the server's guard against broken history",
    help="Ask the model to repeat its earlier arguments to see it; update the server.",
    example='turn 2 prompt: {"name":"f","arguments":{}}',
    sources=("vllm-project/vllm#54964",),
    pairs=("args-empty-object", "schema-unenforced"),
    scope="multi-turn",
)
