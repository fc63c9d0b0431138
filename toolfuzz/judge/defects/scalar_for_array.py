"""A single item stands where an array belongs."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="scalar-for-array",
    group="B",
    title="A single item stands where an array belongs",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Say in the description that a list is wanted also for one item, and show one; or "
        "accept both in the tool."
    ),
    example='{"urls":"https://a.example"}',
    sources=(
        "NousResearch/hermes-agent#19717",
        "gsd-build/gsd-2#3591",
        "HunorLaczko/ha-groq-cloud-api#20",
        "openmake/openmake_llm#781",
    ),
)
