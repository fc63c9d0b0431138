"""The argument text stops before its object is closed."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.texts import StopsEarly


def explain(fact: StopsEarly) -> Said:
    """Tell of the beginning of JSON; one that was announced is no defect."""
    if fact.announced:
        return Said("cut off by the token limit, as finish_reason says", "info")
    return Said("the text stops early")


def simulate(raw: str, rng: Random) -> Any:
    """The text stops too early. (In a stream the same loss is ``stream-tail-lost``.)"""
    return raw[: rng.randrange(1, len(raw))]


DEFECT = Defect(
    slug="args-truncated",
    group="A",
    tells_of="serialization",
    title="The argument text stops before its object is closed",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server's streaming parser, the model, or a token limit",
    help=(
        "With finish_reason length, raise max_tokens (then it is only a note). Otherwise "
        "compare the plain reply: if that is whole, the stream's parser lost the end."
    ),
    example='"arguments":"{\\"query\\":\\"Geoffrey"',
    sources=(
        "anomalyco/opencode#13900",
        "zai-org/GLM-5#15",
        "sgl-project/sglang#19345",
        "BerriAI/litellm#22503",
        "earendil-works/pi#8501",
        "jaseci-labs/jac#6766",
    ),
    indistinguishable=(
        "From one reply alone, a model that stopped and a parser that lost the end look alike."
    ),
    pairs=("stream-tail-lost", "finish-length-masked"),
    explain={StopsEarly: explain},
    fault=rewrites(simulate, "text plain"),
    examples=(
        arguments('{"text": "The quick', asked={"text": "The quick brown fox"}),
        arguments('{"text": "The quick"}', asked={"text": "The quick"}, found=False),
    ),
)
