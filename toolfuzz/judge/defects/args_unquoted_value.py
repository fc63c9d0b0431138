"""A string stands without its quotes, or without the first one."""

import re
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import NOTHING, rewrites
from toolfuzz.judge.faults.texts import json_tokens
from toolfuzz.judge.texts import Mended


def explain(fact: Mended) -> str | None:
    """Look for text that loads once its barewords are quoted."""
    return "a string without (both) its quotes" if fact.how == "quotes" else None


def simulate(raw: str, rng: Random) -> Any:
    """A string value without its quotes."""
    words = [
        t
        for t in json_tokens(raw)
        if re.fullmatch(r'"[A-Za-z_][\w./-]*"', t[0])
        and raw[t.start() - 1] == ":"
        and t[0] not in ('"true"', '"false"', '"null"', '"NaN"', '"Infinity"')
    ]
    if not words:
        return NOTHING
    word = rng.choice(words)
    return raw[: word.start()] + word[0][1:-1] + raw[word.end() :]


DEFECT = Defect(
    slug="args-unquoted-value",
    group="A",
    tells_of="serialization",
    title="A string stands without its quotes, or without the first one",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server's streaming parser, which takes the parameter for a number",
    help=(
        "Typical for nullable strings and enums without type. Give such parameters a plain "
        "type string, or update the parser."
    ),
    example='"arguments":"{\\"direction\\":both}"',
    sources=(
        "anomalyco/opencode#8102",
        "vllm-project/vllm-ascend#12261",
        "vllm-project/vllm#40195",
        "vllm-project/vllm#40197",
        "anthropics/claude-code#87251",
    ),
    explain={Mended: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('{"id": 8c1f-77, "n": 1}', asked={"id": "8c1f-77", "n": 1}),
        arguments('{"id": "8c1f-77", "n": 1}', asked={"id": "8c1f-77", "n": 1}, found=False),
    ),
)
