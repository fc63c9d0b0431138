"""A numeric or boolean member of an enum came as a string."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="enum-type-mismatch",
    group="D",
    title="A numeric or boolean member of an enum came as a string",
    severity="error",
    layer="schema",
    stage="values",
    usual="a gateway that turns enums into strings",
    help="Use string enums throughout, and convert in the tool.",
    example='{"minutes":"60"} for 60 or 1440',
    sources=(
        "NousResearch/hermes-agent#14104",
        "NousResearch/hermes-agent#15082",
        "anomalyco/opencode#12784",
    ),
    pairs=("number-as-string", "boolean-as-string", "schema-unenforced"),
)
