"""A string arrived empty."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="value-emptied",
    group="C",
    title="A string arrived empty",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser with reasoning on, or the model",
    help=(
        "Validation passes without minLength. Ask with reasoning off to see whether the parser "
        "loses the value."
    ),
    example='{"path":""}',
    sources=("Avarok-Cybersecurity/atlas#73", "vllm-project/vllm-ascend#10182"),
    pairs=("delimiter-truncated",),
)
