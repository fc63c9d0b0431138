"""Characters arrive as HTML entities."""

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
    """Look for entities that mean the right text."""
    return fact.tell(_encoded)


def _encoded(expected: str, came: str) -> str | None:
    alike = "&" in came and html.unescape(came) == expected
    return "characters came as HTML entities" if alike else None


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """Special characters become entities."""
    return unless_same(place, html.escape)


DEFECT = Defect(
    slug="html-entity-encoded",
    group="C",
    tells_of="serialization",
    title="Characters arrive as HTML entities",
    severity="error",
    layer="values",
    stage="values",
    usual="a model prompted with XML, or a parser that does not unescape",
    help=(
        "Shell commands break on &amp;&amp;. Decode once, and only for parameters that never "
        "hold entities."
    ),
    example='{"command":"cd a &amp;&amp; ls"}',
    sources=(
        "anomalyco/opencode#4530",
        "tetsuo-ai/AgenC#1280",
        "probelabs/probe#448",
        "kdeps/kdeps#872",
    ),
    explain={Reworded: explain},
    outranks=before("html-entity-encoded"),
    fault=changes(simulate),
    examples=(
        value('"a &amp; b"', "a & b", _SCHEMA),
        value('"a &amp; b"', "a &amp; b", _SCHEMA, found=False),
    ),
)
