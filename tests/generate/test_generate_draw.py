"""Drawing: every case is valid, the same everywhere, and unlike the others."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

import toolfuzz
from toolfuzz.core import validation
from toolfuzz.core.case import Case, Tool
from toolfuzz.core.codec import case_from_json, case_to_json
from toolfuzz.core.errors import UsageError
from toolfuzz.core.validation import draft_of
from toolfuzz.generate import draw_cases, feature_names
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.keys import KEY_RULE
from toolfuzz.generate.features.tool_names import NAME_RULE
from toolfuzz.generate.plan import shape_of
from toolfuzz.generate.probes import probes_in, usual_probes
from toolfuzz.generate.prompts import read
from toolfuzz.generate.spot import nodes
from toolfuzz.generate.tools import load
from toolfuzz.generate.tools.toolset import ToolSet

N = 600
HELPERS = {"redeem_ticket", "join_parts"}
OPT_IN = [f.name for f in all_features().values() if f.opt_in and f.group != "sloppy"]
SLOPPY = [f.name for f in all_features().values() if f.group == "sloppy"]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(draw_cases(N))


def digest(cases: list[Case]) -> str:
    text = json.dumps([case_to_json(c) for c in cases])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_every_value_is_valid(cases: list[Case]) -> None:
    for case in [*cases[:300], *draw_cases(60, features=OPT_IN)]:
        for number, turn in enumerate(case.turns):
            offered = {tool.name: tool for tool in case.tools_at(number)}
            for call in turn.expect.calls:
                tool = offered[call.tool]
                draft_of(tool.parameters)[0](tool.parameters).validate(call.arguments)


def test_tuples_of_draft_7_are_drawn_and_checked() -> None:
    found = list(draw_cases(30, features=["tuple-items", "integer", "ref-defs"]))
    listed = [c for c in found if "tuple-items" in c.features]
    assert len(listed) > 5
    for case in listed:
        for call in case.calls:
            tool = case.tool(call.tool)
            assert tool is not None
            Draft7Validator.check_schema(tool.parameters)
            Draft7Validator(tool.parameters).validate(call.arguments)
            assert validation.fits(tool.parameters, call.arguments)
    first = next(c for c in listed if c.calls)
    wrong = {**first.calls[0].arguments}
    name = next(key for key in wrong if isinstance(wrong[key], list))
    wrong[name] = [{"not": "it"}, *wrong[name][1:]]
    tool = first.tool(first.calls[0].tool)
    assert tool is not None and not validation.fits(tool.parameters, wrong)


def test_every_schema_is_valid(cases: list[Case]) -> None:
    asked = [*cases[:80], *draw_cases(30, features=OPT_IN)]
    for text in {json.dumps(t.parameters) for c in asked for t in c.tools}:
        draft = draft_of(json.loads(text))[0]
        assert draft is (Draft7Validator if '"items": [' in text else Draft202012Validator)
        draft.check_schema(json.loads(text))


def test_a_case_survives_json(cases: list[Case]) -> None:
    for case in cases[:200]:
        text = json.dumps(case_to_json(case), ensure_ascii=False)
        text.encode()  # no lone surrogates
        assert case_from_json(json.loads(text)) == case


def test_names_keep_the_strictest_rule(cases: list[Case]) -> None:
    for case in cases:
        assert not set(case.features) & {*OPT_IN, *SLOPPY}
        names = [tool.name for tool in case.tools]
        assert len(set(names)) == len(names)
        for tool in case.tools:
            assert NAME_RULE.fullmatch(tool.name), tool.name
            assert tool.parameters.get("type") == "object" or not tool.declared
            assert len(tool.description or "") <= 1024
            for node, _ in nodes(tool.parameters):
                assert all(map(KEY_RULE.fullmatch, node.get("properties", ())))


def test_what_breaks_the_rule_says_so() -> None:
    for case in draw_cases(60, features=["odd-keys"], probes=["echo"]):
        assert "odd-keys" in case.features
    for case in draw_cases(20, features=["odd-tool-name"], probes=["echo"]):
        assert "odd-tool-name" in case.features


def test_more_cases_keep_the_earlier_ones(cases: list[Case]) -> None:
    assert list(draw_cases(50)) == cases[:50]
    assert digest(list(draw_cases(50))) == digest(cases[:50])
    assert [c.id for c in draw_cases(50, seed=1)] != [c.id for c in cases[:50]]


@pytest.mark.parametrize(
    ("options", "digest"),
    [
        ({"seed": 0}, "c25855425aae395c"),
        ({"seed": 1}, "40af94546dcd8809"),
        ({"seed": 7, "strength": 3}, "8afdd81bf27c7e8f"),
        ({"seed": 2, "features": ["ref-defs", "text-unicode", "no-arg"]}, "0a8797a48333350b"),
    ],
    ids=str,
)
def test_the_cases_of_a_seed_are_these(options: dict, digest: str) -> None:
    """Change the digests when the mix is changed on purpose: cases of old runs are then others.

    They are those of Python 3.11, 3.12 and 3.13; nothing that draws uses ``random``, ``hash()`` or
    the order of a set.
    """
    assert of_ids(draw_cases(100, **options)) == digest


@pytest.mark.parametrize(
    ("catalogue", "digest"),
    [
        ("data_import", "af5a928b536261c7"),
        ("all", "434662553e358afc"),
    ],
)
def test_the_cases_of_a_seed_on_given_tools_are_these(catalogue: str, digest: str) -> None:
    assert of_ids(draw_cases(100, tools=[load(catalogue)])) == digest


def of_ids(cases: Iterable[Case]) -> str:
    return hashlib.sha256(",".join(c.id for c in cases).encode()).hexdigest()[:16]


def test_nothing_that_draws_has_another_source_of_chance() -> None:
    folder = Path(toolfuzz.__file__).parent / "generate"
    for file in folder.rglob("*.py"):
        assert not re.search(
            r"^\s*(import|from) (random|secrets|hypothesis)\b", file.read_text(), re.M
        )


def test_a_tool_is_demanded_by_name_only_where_one_call_is_right_and_named() -> None:
    demanded = 0
    for case in draw_cases(150, features=["choice-named"]):
        for turn in case.turns:
            if turn.tool_choice.startswith("tool:"):
                (call,) = turn.expect.calls
                assert turn.tool_choice == f"tool:{call.tool}"
                assert call.tool in turn.messages[-1].content
                assert case.probe not in ("batch", "choose", "abstain")
                demanded += 1
    assert demanded > 60


def test_cases_are_the_same_in_every_process(cases: list[Case]) -> None:
    code = (
        "import json, hashlib; from toolfuzz.core.codec import case_to_json;"
        "from toolfuzz.generate import draw_cases;"
        "text = json.dumps([case_to_json(c) for c in draw_cases(40)]);"
        "print(hashlib.sha256(text.encode()).hexdigest()[:16])"
    )
    for hash_seed in ("1", "77"):
        ran = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": hash_seed},
        )
        assert ran.stdout.strip() == digest(cases[:40])


def test_cases_differ(cases: list[Case]) -> None:
    assert len({c.id for c in cases}) == N
    assert len({shape_of(c) for c in cases}) >= 0.9 * N


def test_the_mix(cases: list[Case]) -> None:
    probes = Counter(c.probe for c in cases)
    assert set(probes) == set(usual_probes())
    assert probes.most_common(1)[0][0] == "echo"
    found = {f for c in cases for f in c.features}
    assert found == set(feature_names()) - {*OPT_IN, *SLOPPY}
    assert {c.origin for c in cases} == {"generated"}


def test_the_prompt_says_what_is_expected(cases: list[Case]) -> None:
    for case in (case for case in cases if case.probe in probes_in("toolfuzz.generate.probes")):
        (turn,) = case.turns
        if turn.tool_choice == "none":
            assert turn.expect.kind == "no_call"
            continue
        calls = read(turn.messages, case.tools)
        assert calls == list(turn.expect.calls)
        as_text = [json.dumps(c.arguments) for c in calls]
        assert as_text == [json.dumps(c.arguments) for c in turn.expect.calls]
        if case.probe == "batch":
            assert len(set(as_text)) == len(as_text) or len({c.tool for c in calls}) > 1
        if case.probe == "choose":
            head = turn.messages[0].content.split("arguments:")[0]
            assert calls[0].tool not in head.split()


@pytest.mark.parametrize("name", list(feature_names()))
def test_a_feature_that_is_asked_for_is_there(name: str) -> None:
    probe = "followup" if all_features()[name].group == "conversation" else "echo"
    drawn = list(draw_cases(8, features=[name], probes=[probe]))
    there = [name in case.features for case in drawn]
    if name == "strict":
        assert sum(there) >= 6
    else:
        assert all(there), drawn[there.index(False)]


WEATHER = Tool(
    "get_weather",
    "Weather of a city.",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
FLAG = Tool(
    "set_flag",
    "Set the flag.",
    {"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"]},
)
NOOP = Tool("noop", "", {"type": "object", "properties": {}})


def test_the_users_own_tools() -> None:
    mine = ToolSet("tools:mine.json", (WEATHER, FLAG, NOOP))
    cases = list(draw_cases(60, tools=[mine]))
    assert len(cases) == 60
    assert {c.origin for c in cases} == {"tools:mine.json"}
    for case in cases:
        assert [tool for tool in case.tools if tool in mine.tools] == list(mine.tools)
        assert {tool.name for tool in case.tools if tool not in mine.tools} <= HELPERS
    called = {call.tool for c in cases for t in c.turns for call in t.expect.calls}
    assert called - HELPERS == {"get_weather", "set_flag", "noop"}
    assert len({c.cluster for c in cases}) == 60


def test_tools_without_more_cases_end_early() -> None:
    mine = ToolSet("tools:mine.json", (NOOP,))
    cases = list(draw_cases(1000, tools=[mine], probes=["echo", "describe", "abstain"]))
    assert 2 <= len(cases) < 25
    assert len({c.id for c in cases}) == len(cases)


def test_a_large_set_is_offered_in_part() -> None:
    tools = tuple(Tool(f"tool_{n}", f"Tool {n}.", WEATHER.parameters) for n in range(1000))
    for case in draw_cases(20, tools=[ToolSet("mcp:x", tools)]):
        assert len([tool for tool in case.tools if tool.name not in HELPERS]) == 24
        for turn in case.turns:
            assert all(case.tool(call.tool) for call in turn.expect.calls)


@pytest.mark.parametrize(("offer", "count"), [(1, 1), (2, 2), (30, 30), ("all", 40), (99, 40)])
def test_how_many_are_offered_can_be_said(offer: int | Literal["all"], count: int) -> None:
    tools = tuple(Tool(f"tool_{n}", f"Tool {n}.", WEATHER.parameters) for n in range(40))
    mine = [ToolSet("mcp:x", tools)]
    drawn = list(draw_cases(45, tools=mine, offer=offer, probes=["echo", "batch"]))
    assert {len(case.tools) for case in drawn} == {count}
    assert {call.tool for case in drawn for call in case.calls} <= {tool.name for tool in tools}


def test_a_group_of_features_can_be_asked_for() -> None:
    drawn = list(draw_cases(60, features=["rare"], probes=["echo"]))
    rare = {f.name for f in all_features().values() if f.group == "rare"}
    assert rare <= {name for case in drawn for name in case.features}


def test_a_tool_without_a_schema_is_called_without_arguments() -> None:
    chosen = ["parameters-none", "params-5"]
    drawn = list(draw_cases(30, features=chosen, probes=["parallel-results"]))
    undeclared = {tool.name for case in drawn for tool in case.tools if not tool.declared}
    assert undeclared
    for case in drawn:
        assert all(not c.arguments for c in case.calls if not case.tool(c.tool).declared)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"n": 0}, "at least 1"),
        ({"features": ["nullable-any"]}, "nullable-anyof"),
        ({"features": ["zzz"]}, "toolfuzz list features"),
        ({"features": ["slopy"]}, "sloppy"),
        ({"probes": ["ecko"]}, "echo"),
        ({"strength": 7}, "1, 2 or 3"),
        ({"features": ["object"], "tools": [ToolSet("t", (FLAG,))]}, "leave out"),
    ],
)
def test_bad_input(options: dict, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        draw_cases(**{"n": 5, **options})
    assert hint in str(raised.value.hint)
