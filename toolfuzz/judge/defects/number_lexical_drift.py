"""The same number, spelled differently."""

import re
from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import token
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Respelled
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import NOTHING, rewrites
from toolfuzz.judge.faults.texts import json_tokens


def explain(fact: Respelled) -> str:
    """Tell of any other spelling of the same number."""
    return f"spelled {token(fact.came)[:40]} instead of {token(fact.expected)[:40]}"


_SCHEMA = {"type": "number"}


def simulate(raw: str, rng: Random) -> Any:
    """A number is spelled otherwise."""
    numbers = [t for t in json_tokens(raw) if re.fullmatch(r"-?\d+\.\d+", t[0])]
    if not numbers:
        return NOTHING
    number = rng.choice(numbers)
    return f"{raw[: number.start()]}{number[0]}0{raw[number.end() :]}"


DEFECT = Defect(
    slug="number-lexical-drift",
    group="B",
    tells_of="serialization",
    title="The same number, spelled differently",
    severity="info",
    layer="values",
    stage="values",
    usual="the server",
    help="Harmless by itself; it shows that numbers are parsed and written again on the way.",
    example='{"x":1E5}',
    sources=("lablup/mlxcel#1336",),
    pairs=("integer-as-float",),
    explain={Respelled: explain},
    fault=rewrites(simulate, ""),
    examples=(
        value("1.50", 1.5, _SCHEMA),
        value("1.5", 1.5, _SCHEMA, found=False),
        value("1.6", 1.5, _SCHEMA, found=False),
    ),
)
