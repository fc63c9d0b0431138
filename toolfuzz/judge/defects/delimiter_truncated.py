"""A string was cut at a closing tag that is part of it."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="delimiter-truncated",
    group="C",
    title="A string was cut at a closing tag that is part of it",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's parser or the model's text format",
    help=(
        "Text that quotes the model's own tags can't be sent through this format. Update the "
        "parser, or encode such content before it is asked for."
    ),
    example='{"text":"ends with "} for "ends with </parameter> here."',
    sources=(
        "vllm-project/vllm#44060",
        "raullenchai/Rapid-MLX#1515",
        "raullenchai/Rapid-MLX#1542",
        "smg-project/smg#1942",
        "local-inference-lab/vllm#639",
    ),
    pairs=("value-emptied",),
)
