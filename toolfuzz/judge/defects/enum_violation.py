"""A value outside the enum."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="enum-violation",
    group="D",
    title="A value outside the enum",
    severity="error",
    layer="schema",
    stage="values",
    usual="a model without constrained decoding",
    help=(
        "List the members in the description, and use strict tools where the server enforces them."
    ),
    example='{"state":"archived"} for open or closed',
    sources=("anomalyco/opencode#33150", "openmake/openmake_llm#781"),
    pairs=("default-const-ignored", "schema-unenforced"),
)
