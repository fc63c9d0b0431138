"""A single item stands where an array belongs."""

from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import equal
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import holds_json
from toolfuzz.judge.spelled import SEPARATORS


def explain(fact: Retyped) -> str | None:
    """Look for the only item without its array."""
    came, right = fact.came, fact.expected
    if "array" not in fact.wanted or isinstance(came, list) or came is None:
        return None
    if fact.exact:
        single = isinstance(right, list) and len(right) == 1 and equal(right[0], came)
    else:
        joined = isinstance(came, str) and SEPARATORS.search(came) is not None
        single = not joined and fact.place.admits_item(came)
    return "a single item where an array belongs" if single else None


def simulate(place: Spot, rng: Random) -> Any:
    """A list of one scalar becomes the scalar."""
    match place.value:
        case [str(text)] if "," in text or ";" in text or "\n" in text or holds_json(text):
            return KEEP
        case [item] if not isinstance(item, dict | list) and item is not None:
            return item
    return KEEP


DEFECT = Defect(
    slug="scalar-for-array",
    group="B",
    tells_of="understanding",
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
    explain={Retyped: explain},
    outranks=before("scalar-for-array"),
    fault=changes(simulate),
    examples=(
        value('"red"', ["red"], {"type": "array", "items": {"type": "string"}}),
        value('"red"', "red", {"type": "string"}, found=False),
    ),
)
