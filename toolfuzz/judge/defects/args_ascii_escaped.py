"""Non-ASCII text is spelled with \\u escapes."""

import json
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.faults.texts import unless_unchanged
from toolfuzz.judge.texts import Escaped


def explain(fact: Escaped) -> str:
    """Tell of escapes that nothing needs."""
    return "non-ASCII text is spelled \\uXXXX"


def simulate(raw: str, rng: Random) -> Any:
    """Non-ASCII text is spelled with escapes."""
    return unless_unchanged(raw, json.dumps(json.loads(raw), separators=(",", ":")))


DEFECT = Defect(
    slug="args-ascii-escaped",
    group="A",
    tells_of="serialization",
    title="Non-ASCII text is spelled with \\u escapes",
    severity="info",
    layer="arguments",
    stage="values",
    usual="a server that dumps with ensure_ascii",
    help=(
        "Equal after decoding, so this is only a note. Models that see such text in their "
        "history begin to imitate it and make mistakes: dump with ensure_ascii=False."
    ),
    example='{"city":"\\\\u5317\\\\u4eac"}',
    sources=(
        "vllm-project/vllm#46308",
        "vllm-project/vllm#17704",
        "langchain-ai/langchain#32222",
        "langchain-ai/langchain-google#1789",
        "InternLM/lmdeploy#3295",
    ),
    explain={Escaped: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('{"city": "\\u5317\\u4eac"}', asked={"city": "北京"}),
        arguments('{"city": "北京"}', asked={"city": "北京"}, found=False),
        arguments('{"text": "\\\\u5317"}', asked={"text": "\\u5317"}, found=False),
    ),
)
