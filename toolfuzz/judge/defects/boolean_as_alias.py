"""A boolean arrives as 0, 1, yes, no, on or off."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import is_tied

_ALIASES = frozenset({"1", "yes", "on", "y", "t", "0", "no", "off", "n", "f"})


def explain(fact: Retyped) -> str | None:
    """Look for 0 and 1, and for words that mean a boolean."""
    came = fact.came
    if "boolean" not in fact.wanted or isinstance(came, bool):
        return None
    word = isinstance(came, str) and came.strip().casefold() in _ALIASES
    number = isinstance(came, int | float) and came in (0, 1)
    return f"{came!r} instead of a boolean" if word or number else None


_SCHEMA = {"type": "boolean"}


def simulate(place: Spot, rng: Random) -> Any:
    """A boolean becomes 1, "yes" or "on" (or their opposites)."""
    if not isinstance(place.value, bool) or is_tied(place) or len(place.types) != 1:
        return KEEP
    return rng.choice([1, "yes", "on"] if place.value else [0, "no", "off"])


DEFECT = Defect(
    slug="boolean-as-alias",
    group="B",
    tells_of="serialization",
    title="A boolean arrives as 0, 1, yes, no, on or off",
    severity="error",
    layer="values",
    stage="values",
    usual="the parser or model",
    help="Name the parameter as a yes-no question and say true or false in its description.",
    example='{"enabled":1}',
    explain={Retyped: explain},
    outranks=before("boolean-as-alias"),
    fault=changes(simulate),
    examples=(
        value("1", True, _SCHEMA),
        value('"no"', False, _SCHEMA),
        value("1", 1, {"type": "integer"}, found=False),
        value('"no"', "no", {"type": "string"}, found=False),
    ),
)
