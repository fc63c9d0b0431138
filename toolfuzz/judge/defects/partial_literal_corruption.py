"""A literal was begun as a string in the stream, then sent again."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import NOTHING, rewrites
from toolfuzz.judge.faults.texts import json_tokens
from toolfuzz.judge.texts import SplitLiteral


def explain(fact: SplitLiteral) -> str:
    """Tell of a literal that stands there one and a half times."""
    return "a literal was begun as a string and then sent again"


def simulate(raw: str, rng: Random) -> Any:
    """A literal is first taken for a string, then sent again."""
    words = [t for t in json_tokens(raw) if t[0] in ("true", "false", "null")]
    if not words:
        return NOTHING
    word = rng.choice(words)
    return f'{raw[: word.start()]}"{word[0][:3]}{raw[word.start() :]}'


DEFECT = Defect(
    slug="partial-literal-corruption",
    group="B",
    tells_of="serialization",
    title="A literal was begun as a string in the stream, then sent again",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's streaming parser",
    help="Only streams show it. Switch streaming off for tool calls, or update the parser.",
    example='{"search_all": "trutrue}',
    sources=("vllm-project/vllm#39114", "vllm-project/vllm#13622"),
    indistinguishable=(
        "Where the right answer is unknown, a string that was cut off can look the same."
    ),
    pairs=("args-truncated",),
    explain={SplitLiteral: explain},
    fault=rewrites(simulate, "pieces stream"),
    examples=(
        arguments('{"all": "trutrue}', asked={"all": True}, stream=True),
        arguments('{"all": "trutrue"}', asked={"all": "trutrue"}, found=False, stream=True),
    ),
)
