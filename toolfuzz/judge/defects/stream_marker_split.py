"""The beginning of a call marker leaked into the text."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="stream-marker-split",
    group="F",
    title="The beginning of a call marker leaked into the text",
    severity="error",
    layer="stream",
    stage="assemble",
    usual="the server's streaming parser",
    help=(
        "The marker was cut between two chunks. Update the server; strip the rest of the "
        "marker before showing the text."
    ),
    example='content "<to" and then a tool call',
    sources=("vllm-project/vllm#40911", "lsdefine/GenericAgent#804", "raullenchai/Rapid-MLX#1592"),
)
