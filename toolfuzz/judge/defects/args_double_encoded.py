"""The whole argument object is encoded as JSON twice or more."""

import json
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.texts import Layered


def explain(fact: Layered) -> str:
    """Tell how often the object was encoded."""
    return f"the object is encoded as JSON {fact.layers} times"


def simulate(raw: str, rng: Random) -> Any:
    """The argument string is encoded a second time."""
    return json.dumps(raw, ensure_ascii=False)


DEFECT = Defect(
    slug="args-double-encoded",
    group="A",
    tells_of="serialization",
    title="The whole argument object is encoded as JSON twice or more",
    severity="error",
    layer="arguments",
    stage="values",
    usual="a server parser that encodes text which is JSON already",
    help=(
        "Decoding once gives a string. Report it to the server; until it is fixed, a client "
        "may decode again while the result is a string."
    ),
    example='"arguments":"\\"{\\\\\\"city\\\\\\":\\\\\\"Paris\\\\\\"}\\""',
    sources=(
        "vllm-project/vllm#54964",
        "vllm-project/vllm#25729",
        "livekit/agents#5409",
        "quarkiverse/quarkus-langchain4j#2642",
        "ollama/ollama#12413",
        "huggingface/smolagents#1003",
    ),
    explain={Layered: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('"{\\"a\\": 1}"', asked={"a": 1}),
        arguments('{"a": "{\\"b\\": 1}"}', asked={"a": '{"b": 1}'}, found=False),
    ),
)
