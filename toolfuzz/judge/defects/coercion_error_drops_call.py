"""A value that can't be converted makes the parser drop the call."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="coercion-error-drops-call",
    group="B",
    title="A value that can't be converted makes the parser drop the call",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's parser",
    help=(
        "Ask again with the parameter typed string: if the call appears, the parser's "
        "conversion is at fault."
    ),
    example="integer parameter with the value 2026-01-15: no tool_calls",
    sources=("ml-explore/mlx-lm#1330", "ml-explore/mlx-lm#1310"),
    indistinguishable=(
        "A single exchange shows call-dropped; the cause shows only beside the same question "
        "with a string parameter."
    ),
    pairs=("call-dropped", "no-call"),
)
