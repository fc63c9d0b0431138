"""Raw newlines or tabs inside a JSON string."""

import re
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.faults.texts import unless_unchanged
from toolfuzz.judge.repair import control_characters
from toolfuzz.judge.texts import Mended


def explain(fact: Mended) -> str | None:
    """Look for text that loads once its control characters are escaped."""
    if fact.how != "control-characters":
        return None
    which = ", ".join(control_characters(fact.raw)[:5])
    return f"control characters stand unescaped inside a string ({which})"


def simulate(raw: str, rng: Random) -> Any:
    """Line breaks and tabs inside strings are not escaped."""
    names = {"\\n": "\n", "\\t": "\t", "\\r": "\r"}
    return unless_unchanged(raw, re.sub(r"\\.", lambda m: names.get(m[0], m[0]), raw))


DEFECT = Defect(
    slug="args-raw-control-char",
    group="A",
    tells_of="serialization",
    title="Raw newlines or tabs inside a JSON string",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model, or a server that pastes text unescaped",
    help=(
        "The text can be read with a lenient reader (Python: strict=False). Report it to the "
        "server when multi-line values always fail."
    ),
    example='"arguments":"{\\"text\\":\\"line1<LF>line2\\"}"',
    sources=("earendil-works/pi#2681", "earendil-works/pi#3637", "langchain-ai/langchainjs#5160"),
    explain={Mended: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('{"text": "a\nb"}', asked={"text": "a\nb"}),
        arguments('{\n"text": "a\\nb"\n}', asked={"text": "a\nb"}, found=False),
    ),
)
