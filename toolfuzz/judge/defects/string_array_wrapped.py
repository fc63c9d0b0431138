"""A string came wrapped in an array."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="string-array-wrapped",
    group="B",
    title="A string came wrapped in an array",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help="Seen with small coder models. Say in the description that exactly one string is wanted.",
    example='{"path":"[\\"SKILL.md\\"]"}',
    sources=("tidyverse/ellmer#931",),
)
