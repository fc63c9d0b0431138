"""arguments is an empty string."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.texts import Blank


def explain(fact: Blank) -> Said:
    """Tell of empty text: an error also where nothing is lost, because loading it raises."""
    if fact.meant:
        return Said("arguments is an empty string; {} was meant")
    return Said("arguments is an empty string; the arguments are lost")


def simulate(raw: str, rng: Random) -> Any:
    """Nothing at all. (Where arguments are objects, a stream sends ``{}`` so.)"""
    return ""


DEFECT = Defect(
    slug="args-empty-string",
    group="A",
    tells_of="serialization",
    title="arguments is an empty string",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server's parser or model",
    help=(
        "For a tool without required parameters, {} was meant: treat it so; the official SDKs hand "
        "the empty text on, and loading it raises. "
        "Otherwise the arguments were lost on the way: compare with the plain reply or the "
        "server's raw output."
    ),
    example='"arguments":""',
    sources=(
        "openai/openai-agents-js#664",
        "open-webui/open-webui#23778",
        "brave/brave-browser#56601",
        "qwersyk/Newelle#429",
        "Lexus2016/hermes-agent-evolution#1170",
        "NousResearch/hermes-agent#83937",
        "vllm-project/vllm#28806",
    ),
    indistinguishable=(
        "When required parameters are lost, a model that wrote nothing and a parser that lost "
        "it look alike."
    ),
    explain={Blank: explain},
    fault=rewrites(simulate, "text"),
    examples=(
        arguments(" ", asked={"a": 1}),
        arguments("{}", asked={}, found=False),
    ),
)
