"""A string went through a number or literal and came back changed."""

import ast
from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import equal
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.faults.values import is_number, is_tied
from toolfuzz.judge.spelled import json_text, python_container

_WORDS = {"none": "null", "null": "null", "nil": "null", "true": "true", "false": "false"}


def explain(fact: Reworded) -> str | None:
    """Look for text that was read as a value and written again."""
    return fact.tell(_rewritten)


def _rewritten(expected: str, came: str) -> str | None:
    number = _number(expected)
    if number is not None and number == _number(came):
        return "the text went through a number"
    word = _WORDS.get(expected.strip().casefold())
    if word is not None and word == _WORDS.get(came.strip().casefold()):
        return "the text went through a literal"
    wanted = json_text(expected)
    if wanted is None:
        return None
    reread = json_text(came)
    if reread is None and came[:1] in ("{", "["):
        reread = python_container(came)
    alike = reread is not None and equal(reread, wanted)
    return "the text is the same value, written anew" if alike else None


def _number(text: str) -> float | int | None:
    """Read a text as Python's number literals do, leading zeros allowed; None if it is none."""
    plain = text.strip()
    if len(plain) > 400 or not plain[:2].lstrip("+-.")[:1].isdigit() or not plain.isascii():
        return None
    for base in (10, 0):
        try:
            return int(plain, base)
        except ValueError:
            continue
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """A string of digits goes through a number and comes back spelled otherwise."""
    if not isinstance(place.value, str) or is_tied(place):
        return KEEP
    text = place.value.strip()
    try:
        number: Any = int(text, 10) if text.lstrip("+-").isdigit() else ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return KEEP
    return str(number) if is_number(number) and str(number) != place.value.strip() else KEEP


DEFECT = Defect(
    slug="string-normalised",
    group="B",
    tells_of="serialization",
    title="A string went through a number or literal and came back changed",
    severity="error",
    layer="values",
    stage="values",
    usual="a parser that evaluates values and turns them into text again",
    help=(
        "Ids with underscores, leading zeros or exponents are destroyed. Update the parser; "
        "prefix ids with a letter until then."
    ),
    example='{"id":"123456"}',
    sources=("sgl-project/sglang#30644", "sgl-project/sglang#28114"),
    explain={Reworded: explain},
    outranks=before("string-normalised"),
    fault=changes(simulate),
    examples=(
        value('"123456"', "123_456", _SCHEMA),
        value('"{\\"a\\":1}"', '{"a": 1}', _SCHEMA),
        value('"{\\"a\\": true}"', '{"a": 1}', _SCHEMA, found=False),
        value('"02134"', "02134", _SCHEMA, found=False),
    ),
)
