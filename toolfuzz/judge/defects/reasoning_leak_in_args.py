"""Reasoning tags or channel tokens leaked into a value."""

import re
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Edged, Reworded
from toolfuzz.judge.example import arguments, value
from toolfuzz.judge.faults import KEEP, changes, plain_string
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.spelled import foreign

_THINKING = re.compile(
    r"</?think(?:ing)?>|</?reasoning>|\[/?THINK\]|◁/?think▷|<\|channel\|>|<\|start\|>assistant"
)


def explain(fact: Reworded) -> str | None:
    """Look for a mark of thinking that the right text doesn't hold."""
    return fact.tell(_leaked)


def explain_edge(fact: Edged) -> str | None:
    """Look for one at the edge of a text that nobody knows."""
    return f"{fact.markup!r} leaked into the text" if _THINKING.search(fact.markup) else None


def _leaked(expected: str, came: str) -> str | None:
    mark = foreign(_THINKING, expected, came)
    return f"{mark!r} leaked into the text" if mark else None


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """The end of the reasoning stands at the start of a string."""
    return f"</think>\n{place.value}" if plain_string(place) else KEEP


DEFECT = Defect(
    slug="reasoning-leak-in-args",
    group="C",
    tells_of="serialization",
    title="Reasoning tags or channel tokens leaked into a value",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's border between reasoning and tool call",
    help="Update the reasoning parser, or switch reasoning off for tool calls.",
    example='{"q":"</think> weather Paris"}',
    sources=("vllm-project/vllm#55759", "Avarok-Cybersecurity/atlas#73"),
    explain={Reworded: explain, Edged: explain_edge},
    outranks=before("reasoning-leak-in-args"),
    fault=changes(simulate),
    examples=(
        value('"</think> Paris"', "Paris", _SCHEMA),
        arguments('{"v": "</think>\\n\\nRome"}', schema={"properties": {"v": _SCHEMA}}),
        arguments('{"v": "Rome<|channel|>final"}', schema={"properties": {"v": _SCHEMA}}),
        value('"a <think> b"', "a <think> b", _SCHEMA, found=False),
        arguments(
            '{"v": "<think>a</think> b"}', schema={"properties": {"v": _SCHEMA}}, found=False
        ),
        arguments('{"v": "The tag </think> ends it"}', found=False),
    ),
)
