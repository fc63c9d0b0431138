"""A length, range, pattern or format was ignored."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf, Resized
from toolfuzz.judge.example import value


def explain(fact: Leaf | Resized) -> str | None:
    """Look for any other keyword that the value breaks."""
    return fact.fault.message if fact.fault and fact.fault.about == "constraint" else None


_SCHEMA = {"type": "integer", "maximum": 100}

DEFECT = Defect(
    slug="constraint-violation",
    group="D",
    title="A length, range, pattern or format was ignored",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a grammar that lacks the keyword",
    help=(
        "The message names the keyword. State the limit in the description as well; many "
        "servers don't enforce it."
    ),
    example="4 names for maxItems 2",
    sources=(
        "vllm-project/vllm#12201",
        "vllm-project/vllm#37064",
        "vllm-project/vllm#49661",
        "openmake/openmake_llm#781",
    ),
    indistinguishable="Patterns that Python can't run safely on long texts are not checked.",
    pairs=("tuple-violated", "schema-unenforced"),
    explain={Leaf: explain, Resized: explain},
    outranks=before("constraint-violation"),
    examples=(
        value("101", 5, _SCHEMA),
        value("100", 100, _SCHEMA, found=False),
    ),
)
