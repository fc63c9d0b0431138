"""All arguments came in one piece."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="stream-not-incremental",
    group="F",
    title="All arguments came in one piece",
    severity="info",
    layer="stream",
    stage="assemble",
    usual="the server's parser",
    help="Allowed, but the user waits. Some servers need a switch (z.ai: tool_stream).",
    example="one delta with the name and 2 kB of arguments",
    sources=(
        "vllm-project/vllm#30439",
        "sgl-project/sglang#11888",
        "sgl-project/sglang#13989",
        "lobehub/lobehub#13757",
    ),
    indistinguishable="It is legal: the note says that nothing was gained by streaming.",
)
