"""A parameter whose name looks like a schema keyword never arrives."""

from toolfuzz.judge.defect import Defect

DEFECT = Defect(
    slug="schema-mutated",
    group="D",
    title="A parameter whose name looks like a schema keyword never arrives",
    severity="error",
    layer="schema",
    stage="values",
    usual="a client or gateway that cleans schemas",
    help=(
        "Rename the parameter; title, type, definitions and the like are dropped by careless "
        "cleaners."
    ),
    example='{"body":"x"} without the parameter title',
    sources=(
        "simonw/llm#1679",
        "mozilla-ai/clawbolt#1488",
        "PrefectHQ/fastmcp#3582",
        "NousResearch/hermes-agent#36955",
        "deepset-ai/haystack#12037",
        "crewAIInc/crewAI#6628",
    ),
    indistinguishable=(
        "One reply can't tell it from a model that forgot this parameter; it is certain when "
        "the same tool with a neutral name works. A tool whose only parameter is lost shows "
        "args-empty-object."
    ),
    pairs=(
        "missing-required",
        "parameter-dropped-by-parser",
        "args-empty-object",
        "object-emptied",
        "schema-unenforced",
    ),
)
