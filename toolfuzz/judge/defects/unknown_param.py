"""An undeclared parameter."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="unknown-param",
    group="D",
    title="An undeclared parameter",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model",
    help=(
        "An error where additionalProperties is false, otherwise a note. Ignore it in the "
        "tool, or forbid it in the schema so that clients notice."
    ),
    example='{"query":"x","filter":"y"}',
    sources=("GDKsoftware/Delphi-MCP-Server#12", "openmake/openmake_llm#781"),
    pairs=("schema-unenforced",),
)
