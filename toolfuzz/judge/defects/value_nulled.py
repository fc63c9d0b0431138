"""A real value was replaced by null."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped, Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.spelled import NULLS


def explain(fact: Retyped) -> str | None:
    """Look for null where something else belongs."""
    return "null instead of the value" if fact.came is None else None


def explain_text(fact: Reworded) -> str | None:
    """Look for the name of null where another text belongs."""
    expected, came = (str(text).strip().lower() for text in (fact.expected, fact.came))
    return "the name of null instead of the value" if came in NULLS and expected != came else None


_SCHEMA = {"type": ["string", "null"]}


def simulate(place: Spot, rng: Random) -> Any:
    """A value is lost because its schema also admits null."""
    return None if place.value is not None and "null" in place.types else KEEP


DEFECT = Defect(
    slug="value-nulled",
    group="B",
    tells_of="serialization",
    title="A real value was replaced by null",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser that prefers null in nullable types",
    help=(
        "Validation passes where null is allowed, so nobody notices. Take null out of the type "
        "and leave the parameter out of required instead."
    ),
    example='{"command":"date","logfile":null}',
    sources=(
        "sgl-project/sglang#16057",
        "vllm-project/vllm#32342",
        "sgl-project/sglang#20498",
        "ml-explore/mlx-lm#1647",
    ),
    explain={Retyped: explain, Reworded: explain_text},
    outranks=before("value-nulled"),
    fault=changes(simulate),
    examples=(
        value("null", "/var/log", _SCHEMA),
        value('"None"', "/var/log", _SCHEMA),
        value('"undefined"', "/var/log", {"type": "string"}),
        value("null", None, _SCHEMA, found=False),
        value('"none"', "None", _SCHEMA, found=False),
    ),
)
