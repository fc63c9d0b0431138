"""A large integer was rounded."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Renumbered
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import is_int

_SAFE_INTEGER = 2**53


def explain(fact: Renumbered) -> str | None:
    """Look for the double nearest to an integer beyond 2**53."""
    right = fact.expected
    if not isinstance(right, int) or abs(right) <= _SAFE_INTEGER:
        return None
    try:
        rounded = float(right) == float(fact.came)
    except OverflowError:
        return None
    return "rounded to what a double can hold" if rounded else None


_SCHEMA = {"type": "integer"}


def simulate(place: Spot, rng: Random) -> Any:
    """An integer beyond 2^53 goes through a double."""
    if not is_int(place.value) or abs(place.value) > 10**300:
        return KEEP
    rounded = int(float(place.value))
    return rounded if rounded != place.value else KEEP


DEFECT = Defect(
    slug="integer-precision-loss",
    group="B",
    tells_of="serialization",
    title="A large integer was rounded",
    severity="error",
    layer="values",
    stage="values",
    usual="a JavaScript gateway or client, or a parser that goes through floats",
    help="Numbers above 2^53 don't survive a double. Declare ids as strings.",
    example='{"id":2512292042121000000}',
    sources=("earendil-works/pi#8943", "NousResearch/hermes-agent#55315"),
    explain={Renumbered: explain},
    outranks=before("integer-precision-loss"),
    fault=changes(simulate),
    examples=(
        value("9007199254740992", 9007199254740993, _SCHEMA),
        value("9007199254740993", 9007199254740993, _SCHEMA, found=False),
        value("4", 5, _SCHEMA, found=False),
    ),
)
