"""The object is wrapped in a markdown fence."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.texts import Fenced


def explain(fact: Fenced) -> str:
    """Tell of a fence."""
    return "a markdown fence around the object"


def simulate(raw: str, rng: Random) -> Any:
    """The object in a markdown fence."""
    return rng.choice([f"```json\n{raw}\n```", f"```\n{raw}\n```"])


DEFECT = Defect(
    slug="args-code-fence",
    group="A",
    tells_of="serialization",
    title="The object is wrapped in a markdown fence",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model",
    help=(
        "Say in the system prompt that arguments are plain JSON, or strip the fence. "
        "Constrained decoding (strict tools) avoids it."
    ),
    example='"arguments":"```json\\n{\\"city\\":\\"Paris\\"}\\n```"',
    sources=(
        "earendil-works/pi#8858",
        "agents-flex/agents-flex#64",
        "NousResearch/hermes-agent#79333",
    ),
    explain={Fenced: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('```json\n{"a": 1}\n```', asked={"a": 1}),
        arguments(
            '{"code": "```json\\n{}\\n```"}', asked={"code": "```json\n{}\n```"}, found=False
        ),
    ),
)
