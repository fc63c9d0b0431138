"""A value differs from the right one and nothing finer explains it."""

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import (
    Added,
    Chosen,
    Difference,
    Invented,
    Leaf,
    Lost,
    OtherBranch,
    Resized,
    TooDeep,
    Unasked,
)
from toolfuzz.judge.example import value
from toolfuzz.judge.wording import listed


def explain(fact: Difference) -> str:
    """Tell of whatever nothing else explains."""
    match fact:
        case Lost():
            return f"{listed(fact.keys)} lost"
        case Invented():
            return f"instead of {listed(fact.missing)} came {listed(fact.extra)}"
        case Added():
            return f"the key {fact.key[:80]!r} was not asked for"
        case Unasked():
            return "an optional value that was not asked for"
        case OtherBranch():
            return "another branch of the union"
        case Chosen():
            return "another member of the enum"
        case Resized():
            return f"{len(fact.came)} items instead of {len(fact.expected)}"
        case TooDeep():
            return "nested too deep to say where it differs"
        case Leaf(given=fault) if fault is not None:
            return fault.message
        case _:
            return "another value"


_SCHEMA = {"type": "string"}

DEFECT = Defect(
    slug="value-changed",
    group="B",
    tells_of="understanding",
    title="A value differs from the right one and nothing finer explains it",
    severity="error",
    layer="values",
    stage="values",
    usual="the model",
    help=(
        "Look at both values in the report. Invented values come from the model; values that "
        "change in one place only, from the path between."
    ),
    example='{"city":"Rome"} for Paris',
    explain={Difference: explain},
    residual=True,
    examples=(
        value('"Rome"', "Paris", _SCHEMA),
        value("4", 5, {"type": "integer"}),
        value('"Paris"', "Paris", _SCHEMA, found=False),
    ),
)
