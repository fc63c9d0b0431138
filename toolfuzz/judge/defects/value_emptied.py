"""A string or a list arrived empty."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Resized, Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes, plain_string
from toolfuzz.judge.faults.schema import Spot


def explain(fact: Reworded) -> str | None:
    """Look for nothing, or only whitespace, instead of text."""
    return "the text is gone" if fact.expected.strip() and not fact.came.strip() else None


def explain_list(fact: Resized) -> str | None:
    """Look for a list without its items."""
    return "the items are gone" if not fact.came else None


_SCHEMA = {"type": "string"}
_LIST = {"type": "array", "items": _SCHEMA}


def simulate(place: Spot, rng: Random) -> Any:
    """A string is lost and an empty one stands in its place.

    Not one that begins with a tag: that would be ``delimiter-truncated``.
    """
    fits = plain_string(place) and place.value.strip()[:1] not in ("", "<", "[")
    return "" if fits else KEEP


DEFECT = Defect(
    slug="value-emptied",
    group="C",
    tells_of="serialization",
    title="A string or a list arrived empty",
    severity="error",
    layer="values",
    stage="values",
    usual="a server parser with reasoning on, or the model",
    help=(
        "Validation passes without minLength. Ask with reasoning off to see whether the parser "
        "loses the value."
    ),
    example='{"path":""}',
    sources=("Avarok-Cybersecurity/atlas#73", "vllm-project/vllm-ascend#10182"),
    pairs=("delimiter-truncated",),
    explain={Reworded: explain, Resized: explain_list},
    outranks=before("value-emptied"),
    fault=changes(simulate),
    examples=(
        value('" "', "Paris", _SCHEMA),
        value("[]", ["a"], _LIST),
        value('""', "", _SCHEMA, found=False),
        value("[]", [], _LIST, found=False),
        value('["a"]', ["a", "b"], _LIST, found=False),
    ),
)
