"""A positional array has the wrong length or item types."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="tuple-violated",
    group="D",
    title="A positional array has the wrong length or item types",
    severity="error",
    layer="schema",
    stage="values",
    usual="a schema conversion that drops prefixItems",
    help="Replace tuples by objects with named members.",
    example='["a","b"] for [int,int]',
    sources=("NousResearch/hermes-agent#71804", "AnswerDotAI/toolslm#85"),
    pairs=("constraint-violation", "schema-unenforced"),
)
