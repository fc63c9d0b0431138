"""A real value was replaced by null."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="value-nulled",
    group="B",
    title="A real value was replaced by null",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser that prefers null in nullable types",
    help=(
        "Validation passes where null is allowed, so nobody notices. Take null out of the type "
        "and leave the parameter out of required instead."
    ),
    example='{"command":"date","logfile":null}',
    sources=(
        "sgl-project/sglang#16057",
        "vllm-project/vllm#32342",
        "sgl-project/sglang#20498",
        "ml-explore/mlx-lm#1647",
    ),
)
