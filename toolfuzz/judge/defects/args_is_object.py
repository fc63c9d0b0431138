"""arguments is an object where the format wants a string."""

import json
from random import Random
from typing import Any

from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.texts import NotText


def explain(fact: NotText) -> str | None:
    """Look for an object (or array) that was not encoded."""
    if not isinstance(fact.value, dict | list):
        return None
    return f"arguments is {a_kind(fact.value)}, not a string"


def simulate(raw: str, rng: Random) -> Any:
    """The object itself stands where its JSON text belongs."""
    return json.loads(raw)


DEFECT = Defect(
    slug="args-is-object",
    group="A",
    tells_of="serialization",
    title="arguments is an object where the format wants a string",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server or gateway",
    help=(
        "The OpenAI formats carry arguments as JSON text. Some SDKs take the object, others "
        "crash on it. Update the server, or encode the object in a proxy before the client "
        "sees it."
    ),
    example='"arguments":{"city":"Paris"}',
    sources=(
        "NousResearch/hermes-agent#1440",
        "NousResearch/hermes-agent#1114",
        "ollama/ollama-python#484",
        "vllm-project/vllm#28820",
    ),
    explain={NotText: explain},
    fault=rewrites(simulate, "text"),
    examples=(
        arguments({"a": 1}, asked={"a": 1}, where="text"),
        arguments('{"a": 1}', asked={"a": 1}, found=False),
    ),
)
