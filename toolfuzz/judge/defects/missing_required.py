"""A required parameter is missing."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="missing-required",
    group="D",
    title="A required parameter is missing",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a parser that lost it",
    help=(
        "Make descriptions say what is required; use strict tools where the server enforces "
        "them. If repeats always lose the same one, suspect the parser."
    ),
    example='{"content":"..."} without path',
    sources=("earendil-works/pi#8501", "jaseci-labs/jac#6766", "openmake/openmake_llm#781"),
    indistinguishable=(
        "See parameter-dropped-by-parser: with two parameters, one missing looks the same for "
        "both causes."
    ),
    pairs=("parameter-dropped-by-parser", "schema-mutated", "schema-unenforced"),
)
