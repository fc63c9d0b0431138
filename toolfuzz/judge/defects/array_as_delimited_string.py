"""A list arrives as one string with separators."""

import re
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Resized, Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.spelled import SEPARATORS


def explain(fact: Retyped) -> str | None:
    """Look for the items with commas or line ends between them."""
    came, right = fact.came, fact.expected
    if "array" not in fact.wanted or not isinstance(came, str):
        return None
    items = SEPARATORS.split(came.strip())
    if fact.exact:
        spelled = [item if isinstance(item, str) else str(item) for item in right]
        alike = items == spelled or _joined(came) == _joined("".join(spelled))
        joined = bool(spelled) and alike
    else:
        joined = len(items) > 1 and all(map(fact.place.admits_item, items))
    return "the items joined into one string" if joined else None


def explain_item(fact: Resized) -> str | None:
    """Look for all items in the first."""
    came, right = fact.came, fact.expected
    if not fact.exact or len(came) != 1 or not isinstance(came[0], str) or len(right) < 2:
        return None
    items = SEPARATORS.split(came[0].strip())
    return "the items joined into one" if items == [str(item) for item in right] else None


def _joined(text: str) -> str:
    return re.sub(r"[\s,;|]+", "", text)


def simulate(place: Spot, rng: Random) -> Any:
    """A list of words becomes one string with commas."""
    items = place.value
    if not isinstance(items, list) or len(items) < 2:
        return KEEP
    words = all(isinstance(w, str) and w.replace("_", "").replace("-", "").isalpha() for w in items)
    return ", ".join(items) if words else KEEP


DEFECT = Defect(
    slug="array-as-delimited-string",
    group="B",
    tells_of="understanding",
    title="A list arrives as one string with separators",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Show a JSON list in the description. Splitting is unsafe when items may hold the "
        "separator."
    ),
    example='{"labels":"bug,ui"}',
    sources=("adcontextprotocol/adcp#4201",),
    explain={Retyped: explain, Resized: explain_item},
    outranks=before("array-as-delimited-string"),
    fault=changes(simulate),
    examples=(
        value('"red, green"', ["red", "green"], {"type": "array", "items": {"type": "string"}}),
        value('["red,green"]', ["red", "green"], {"type": "array"}),
        value('["red,green"]', ["red,green"], {"type": "array"}, found=False),
        value('"red, green"', "red, green", {"type": "string"}, found=False),
    ),
)
