"""A boolean arrives as a string."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Retyped
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import is_tied


def explain(fact: Retyped) -> str | None:
    """Look for true and false in any case."""
    if "boolean" not in fact.wanted or not isinstance(fact.came, str):
        return None
    if fact.came.strip().casefold() not in ("true", "false"):
        return None
    python = " in Python's spelling" if fact.came.strip() in ("True", "False") else ""
    return f"the boolean came as a string{python}"


_SCHEMA = {"type": "boolean"}


def simulate(place: Spot, rng: Random) -> Any:
    """A boolean becomes "true" or "True"."""
    if not isinstance(place.value, bool) or is_tied(place) or "string" in place.types:
        return KEEP
    return rng.choice([str(place.value), str(place.value).lower()])


DEFECT = Defect(
    slug="boolean-as-string",
    group="B",
    tells_of="serialization",
    title="A boolean arrives as a string",
    severity="error",
    layer="values",
    stage="values",
    usual="the parser or model",
    help=(
        "Dangerous in Python and JavaScript, where the string false counts as true. Convert by "
        "the schema, never by truth value."
    ),
    example='{"background":"False"}',
    sources=("QwenLM/qwen-code#477", "anomalyco/opencode#7513", "antirez/ds4#569"),
    explain={Retyped: explain},
    outranks=before("boolean-as-string"),
    fault=changes(simulate),
    examples=(
        value('"true"', True, _SCHEMA),
        value('"False"', False, _SCHEMA),
        value('"true"', "true", {"type": "string"}, found=False),
    ),
)
