from dataclasses import replace

import pytest

from toolfuzz.core.exchange import Target, TargetKind
from toolfuzz.core.nature import nature_of, says_simulated


def a_target(kind: TargetKind, name: str = "some/model") -> Target:
    return Target(name, "x", name, "openai-chat", kind=kind)


def test_a_model_behind_an_address_is_real() -> None:
    nature = nature_of(a_target("http"))
    assert (nature.real, nature.remote, nature.priced, nature.label) == (True, True, True, "")


@pytest.mark.parametrize("kind", ["http", "simulated"])
def test_the_simulator_is_never_real_whatever_its_address(kind: TargetKind) -> None:
    nature = nature_of(a_target(kind), said_simulated=True)
    assert nature.simulated
    assert not (nature.real or nature.priced or nature.deterministic)
    assert nature.remote == (kind == "http")


def test_an_engine_on_trial_is_asked_once_and_names_its_parser() -> None:
    nature = nature_of(a_target("engine", "engine/vllm@0.9:hermes"))
    assert nature.deterministic
    assert not (nature.real or nature.priced or nature.over_http)
    assert "vllm@0.9:hermes" in nature.sentence


@pytest.mark.parametrize(
    ("cuts", "said"),
    [
        ([], "real x:qwen parser."),
        (["tokenizer:qwen"], "parser. Its streams are cut by tokenizer:qwen."),
        (["tokenizer:qwen", "whole"], "parser. Each of its streams is cut in 2 ways."),
        (5, "real x:qwen parser."),
    ],
)
def test_an_engine_on_trial_says_how_its_streams_are_cut(cuts: list[str] | int, said: str) -> None:
    target = replace(a_target("engine", "engine/x:qwen"), params={"cuts": cuts} if cuts else {})
    assert nature_of(target).sentence.endswith(said)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"server": "toolfuzz-simulator"}, True),
        ({"server": "nginx", "x-toolfuzz-simulated": "1"}, True),
        ({"server": "uvicorn"}, False),
        ({}, False),
    ],
)
def test_the_simulator_is_known_by_either_label(headers: dict[str, str], said: bool) -> None:
    assert says_simulated(headers) is said
