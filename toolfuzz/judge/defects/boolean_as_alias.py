"""A boolean arrives as 0, 1, yes, no, on or off."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value

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

DEFECT = Defect(
    slug="boolean-as-alias",
    group="B",
    title="A boolean arrives as 0, 1, yes, no, on or off",
    severity="error",
    layer="values",
    stage="values",
    usual="the parser or model",
    help="Name the parameter as a yes-no question and say true or false in its description.",
    example='{"enabled":1}',
    explain={Retyped: explain},
    outranks=before("boolean-as-alias"),
    examples=(
        value("1", True, _SCHEMA),
        value('"no"', False, _SCHEMA),
        value("1", 1, {"type": "integer"}, found=False),
        value('"no"', "no", {"type": "string"}, found=False),
    ),
)
