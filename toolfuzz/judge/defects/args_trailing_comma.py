"""A comma before a closing bracket, or a comment."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import NOTHING, rewrites
from toolfuzz.judge.texts import Mended


def explain(fact: Mended) -> str | None:
    """Look for text that loads once a comma, or a comment, is gone."""
    return "a comma before a closing bracket, or a comment" if fact.how == "commas" else None


def simulate(raw: str, rng: Random) -> Any:
    """A comma before the closing brace."""
    return NOTHING if raw == "{}" else f"{raw[:-1]},{raw[-1]}"


DEFECT = Defect(
    slug="args-trailing-comma",
    group="A",
    tells_of="serialization",
    title="A comma before a closing bracket, or a comment",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model",
    help="Use constrained decoding, or a tolerant reader such as JSON5 on the client's side.",
    example='"arguments":"{\\"items\\":[1,2,],}"',
    sources=("ducroo/SICTIC-AI#37", "BerriAI/litellm#22503"),
    explain={Mended: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('{"a": 1,}', asked={"a": 1}),
        arguments('{"text": "a,}"}', asked={"text": "a,}"}, found=False),
    ),
)
