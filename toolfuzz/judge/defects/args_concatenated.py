"""Several JSON objects stand in one argument string."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.texts import Repeated


def explain(fact: Repeated) -> str:
    """Tell of several objects in one text."""
    if fact.calls:
        return f"the arguments of {fact.count} calls stand in one string"
    if fact.alike:
        return "the same object comes again"
    return f"{fact.count} different objects in one string"


def simulate(raw: str, rng: Random) -> Any:
    """The object twice in a row."""
    return raw + raw


DEFECT = Defect(
    slug="args-concatenated",
    group="A",
    tells_of="serialization",
    title="Several JSON objects stand in one argument string",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server's parser, gateway, or the client's own assembly",
    help=(
        "Equal objects were sent twice; different ones belong to several calls. Ask with "
        "parallel_tool_calls off and compare plain with streamed replies."
    ),
    example='"arguments":"{\\"a\\":1}{\\"a\\":1}"',
    sources=(
        "sgl-project/sglang#15405",
        "sgl-project/sglang#16371",
        "BerriAI/litellm#20543",
        "BerriAI/litellm#20742",
        "anomalyco/opencode#33064",
        "edison7009/EchoBird#187",
    ),
    indistinguishable=(
        "{}{} is one empty object sent twice or two calls without arguments: the number of "
        "calls asked for decides."
    ),
    pairs=("parallel-merged", "args-cumulative", "call-dropped", "calls-missing"),
    explain={Repeated: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('{"a": 1}{"a": 1}', asked={"a": 1}),
        arguments('{"a": 1}{"b": 2}', asked={"a": 1}),
        arguments('{"a": "{}{}"}', asked={"a": "{}{}"}, found=False),
    ),
)
