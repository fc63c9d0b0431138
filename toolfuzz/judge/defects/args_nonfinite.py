"""NaN or Infinity, which JSON doesn't have."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._some import some
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import NOTHING, rewrites
from toolfuzz.judge.faults.texts import json_tokens
from toolfuzz.judge.texts import Odd


def explain(fact: Odd) -> str | None:
    """Look for NaN, Infinity and numbers beyond a double."""
    return (
        f"a number that JSON doesn't have: {some(fact.details)}"
        if fact.kind == "nonfinite"
        else None
    )


def simulate(raw: str, rng: Random) -> Any:
    """NaN or Infinity where a number was."""
    numbers = [t for t in json_tokens(raw) if t[0][0] in "-0123456789"]
    if not numbers:
        return NOTHING
    number = rng.choice(numbers)
    return raw[: number.start()] + rng.choice(["NaN", "Infinity"]) + raw[number.end() :]


DEFECT = Defect(
    slug="args-nonfinite",
    group="A",
    tells_of="serialization",
    title="NaN or Infinity, which JSON doesn't have",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server: Python's json.dumps lets them pass",
    help=(
        "JavaScript and strict readers refuse the whole text. Serialise with allow_nan=False "
        "and let the tool take null or a string for missing numbers."
    ),
    example='"arguments":"{\\"value\\": NaN}"',
    sources=("vllm-project/vllm#55429", "Alishahryar1/free-claude-code#1768"),
    explain={Odd: explain},
    fault=rewrites(simulate, ""),
    examples=(
        arguments('{"a": NaN}'),
        arguments('{"a": "NaN"}', asked={"a": "NaN"}, found=False),
    ),
)
