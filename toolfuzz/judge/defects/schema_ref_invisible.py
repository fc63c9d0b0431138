"""The object behind a reference has invented members."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Invented
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.wording import listed


def explain(fact: Invented) -> str | None:
    """Look for made-up members of an object whose schema stands behind a reference."""
    if not fact.place.below_ref:
        return None
    return f"invented members: instead of {listed(fact.missing)} came {listed(fact.extra)}"


_SCHEMA = {
    "properties": {"to": {"$ref": "#/$defs/To"}},
    "$defs": {"To": {"properties": {"region": {"type": "string"}}}},
}


def simulate(place: Spot, rng: Random) -> Any:
    """The model has not seen what is behind the ``$ref`` and invents its keys."""
    if not place.behind_ref or not isinstance(place.value, dict) or not place.value:
        return KEEP
    return {f"field_{n}": item for n, item in enumerate(place.value.values(), 1)}


DEFECT = Defect(
    slug="schema-ref-invisible",
    group="D",
    tells_of="serialization",
    title="The object behind a reference has invented members",
    severity="error",
    layer="schema",
    stage="values",
    usual="a chat template or schema cleaner that drops $defs",
    help="The model never saw the referenced schema. Inline references before sending the tools.",
    example='{"input":{"text":"x"}} for a referenced {"query","limit"}',
    sources=(
        "vllm-project/vllm#43762",
        "QwenLM/Qwen-Agent#873",
        "QwenLM/Qwen-Agent#752",
        "huggingface/AnyLanguageModel#177",
    ),
    indistinguishable=(
        "One reply can't tell it from a model that ignores the schema; it is certain when the "
        "inlined spelling works."
    ),
    pairs=("missing-required", "value-changed", "schema-unenforced"),
    explain={Invented: explain},
    outranks=before("schema-ref-invisible"),
    fault=changes(simulate),
    examples=(
        arguments(
            '{"to": {"city": "Paris", "zip": "75001"}}',
            asked={"to": {"region": "eu"}},
            schema=_SCHEMA,
        ),
        arguments(
            '{"to": {"region": "eu"}}', asked={"to": {"region": "eu"}}, schema=_SCHEMA, found=False
        ),
    ),
)
