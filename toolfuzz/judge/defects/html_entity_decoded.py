"""Entities that belong to the text were decoded."""

import html
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import unless_same


def explain(fact: Reworded) -> str | None:
    """Look for what the entities of the right text mean."""
    return fact.tell(_decoded)


def _decoded(expected: str, came: str) -> str | None:
    alike = "&" in expected and html.unescape(expected) == came
    return "HTML entities of the text were decoded" if alike else None


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """Entities that belong to the text are decoded."""
    return unless_same(place, html.unescape)


DEFECT = Defect(
    slug="html-entity-decoded",
    group="C",
    tells_of="serialization",
    title="Entities that belong to the text were decoded",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser that unescapes a format which never escapes",
    help="HTML and XML contents change silently. Report it to the parser.",
    example='{"text":"Tom & Jerry"} for "Tom &amp; Jerry"',
    sources=("smg-project/smg#1888",),
    explain={Reworded: explain},
    outranks=before("html-entity-decoded"),
    fault=changes(simulate),
    examples=(
        value('"a & b"', "a &amp; b", _SCHEMA),
        value('"a & b"', "a & b", _SCHEMA, found=False),
    ),
)
