"""The value fits no branch of its union, or mixes several."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="union-branch-invalid",
    group="D",
    title="The value fits no branch of its union, or mixes several",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a pipeline that flattens unions",
    help="Split the tool by branch, or give each branch a constant that tells it apart.",
    example='{"kind":"a","field_of_b":1}',
    sources=(
        "sgl-project/sglang#36626",
        "generative-computing/mellea#1105",
        "PrefectHQ/fastmcp#5051",
        "LionSR/TeXRA#4276",
    ),
    pairs=("default-const-ignored", "unknown-param", "schema-unenforced"),
)
