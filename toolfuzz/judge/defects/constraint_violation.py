"""A length, range, pattern or format was ignored."""

from random import Random
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf, Resized
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot


def explain(fact: Leaf | Resized) -> str | None:
    """Look for any other keyword that the value breaks."""
    return fact.fault.message if fact.fault and fact.fault.about == "constraint" else None


_SCHEMA = {"type": "integer", "maximum": 100}


_NUMBERS = frozenset(
    (
        *("minimum", "maximum", "multipleOf"),
        *("minLength", "maxLength", "minItems", "maxItems"),
    )
)


def simulate(place: Spot, rng: Random) -> Any:
    """A bound, length, pattern, format or count is not kept."""
    if place.schema.keys() & {"enum", "const", "prefixItems"}:
        return KEEP
    # Sloppy schemas say numbers as text.
    said = {
        k: v for k, v in place.schema.items() if k not in _NUMBERS or isinstance(v, int | float)
    }
    broken = list(_broken(said, place.value))
    return rng.choice(broken) if broken else KEEP


def _broken(schema: JsonObject, value: Any) -> Any:
    """Values of the same type that break one keyword each."""
    match value:
        case bool() | None:
            return
        case int() | float():
            if "maximum" in schema:
                yield schema["maximum"] + 1
            if "minimum" in schema:
                yield schema["minimum"] - 1
            if "multipleOf" in schema:
                yield value + schema["multipleOf"] / 2 if isinstance(value, float) else value + 1
        case str():
            if "maxLength" in schema:
                yield value + "x" * (schema["maxLength"] + 1 - len(value))
            if schema.get("minLength", 0) > 1:
                yield value[: schema["minLength"] - 1]
            if "pattern" in schema or "format" in schema:
                yield "~ not like that ~"
        case list():
            if value and "maxItems" in schema:
                yield value + value[-1:] * (schema["maxItems"] + 1 - len(value))
            if schema.get("minItems", 0) > 1:
                yield value[: schema["minItems"] - 1]
            if value and schema.get("uniqueItems"):
                yield [*value, value[-1]]


DEFECT = Defect(
    slug="constraint-violation",
    group="D",
    tells_of="understanding",
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
    fault=changes(simulate),
    examples=(
        value("101", 5, _SCHEMA),
        value("100", 100, _SCHEMA, found=False),
    ),
)
