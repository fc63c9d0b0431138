"""A string that is no JSON stands where an object or array belongs."""

from random import Random
from typing import Any

from toolfuzz.core.json_prefix import is_prefix
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot


def explain(fact: Retyped) -> str | None:
    """Look for a string where a container belongs."""
    came = fact.came
    if not isinstance(came, str) or fact.container is None:
        return None
    text = repr(came[:20])
    if not came.strip():
        text = "nothing but whitespace"
    elif is_prefix(came) and came.lstrip()[0] in "[{":
        text = "JSON that stops early"
    return f"a string ({text}) where an {fact.container} belongs"


_SCHEMA = {"type": "object"}


def simulate(place: Spot, rng: Random) -> Any:
    """An object becomes text in a form of its own."""
    if not isinstance(place.value, dict) or not place.value:
        return KEEP
    return "; ".join(f"{n} := see above" for n, _ in enumerate(place.value, 1))


DEFECT = Defect(
    slug="container-as-opaque-string",
    group="B",
    tells_of="understanding",
    title="A string that is no JSON stands where an object or array belongs",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Free-form objects provoke it: declare their properties, or take a string and parse it "
        "in the tool."
    ),
    example='{"filter":"name=Bob"}',
    sources=("stacklok/mecatl#253",),
    explain={Retyped: explain},
    outranks=before("container-as-opaque-string"),
    fault=changes(simulate),
    examples=(
        value('"name=Bob"', {"name": "Bob"}, _SCHEMA),
        value('"name=Bob"', "name=Bob", {"type": "string"}, found=False),
        value('"{\\"name\\": \\"Bob\\"}"', {"name": "Bob"}, _SCHEMA, found=False),
    ),
)
