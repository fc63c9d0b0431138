"""An object arrived without its members."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Emptied
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.wording import listed


def explain(fact: Emptied) -> str | None:
    """Look for {} instead of an object within the arguments."""
    if fact.depth == 0 or not fact.known:
        return None
    return f"the object came without its members ({listed(fact.keys)})"


_SCHEMA = {"type": "object"}


def simulate(place: Spot, rng: Random) -> Any:
    """A map or free-form object arrives empty."""
    fits = isinstance(place.value, dict) and place.value and not place.schema.get("required")
    return {} if fits else KEEP


DEFECT = Defect(
    slug="object-emptied",
    group="D",
    tells_of="serialization",
    title="An object arrived without its members",
    severity="error",
    layer="schema",
    stage="values",
    usual="a schema conversion that closes free-form objects, or a client",
    help=(
        "Strict mode turns free-form objects into empty ones: declare the properties, or send "
        "key-value pairs as an array."
    ),
    example='{"param":{}}',
    sources=("danny-avila/LibreChat#6706", "google/adk-python#5052", "dynamiq-ai/dynamiq#753"),
    pairs=("recursive-collapse", "schema-unenforced"),
    explain={Emptied: explain},
    fault=changes(simulate),
    examples=(
        value("{}", {"a": 1}, _SCHEMA),
        value("{}", {}, _SCHEMA, found=False),
    ),
)
