"""Features and probes: found by themselves, and seen only where they are."""

import json
import re
from pathlib import Path

import pytest

import toolfuzz
from toolfuzz.core.case import Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.strict import closed
from toolfuzz.generate.probes import all_probes
from toolfuzz.generate.respell import SPELLINGS
from toolfuzz.generate.spot import spot
from toolfuzz.generate.values import CANARIES, WORDS, classify


def spotted(schema: dict, arguments: dict) -> set[str]:
    tool = Tool("t", "A tool.", {"type": "object", "properties": schema})
    return set(spot([tool], [ExpectedCall("t", arguments)])) - {"all-optional"}


STRING = {"type": "string"}
OBJECT = {"type": "object", "properties": {"x": {"type": "integer"}}}
LIST_OF_UNIONS = {"type": "array", "items": {"anyOf": [STRING, OBJECT]}}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (STRING, "plain words", {"string"}),
        (STRING, " padded", {"string", "text-whitespace"}),
        (STRING, "{}", {"string", "text-json"}),
        (STRING, "007", {"string", "text-number"}),
        ({"enum": ["a", "b"]}, "a", {"enum-untyped"}),
        ({"enum": ["a", 1]}, "a", {"enum-mixed"}),
        ({"type": "string", "enum": ["ä"]}, "ä", {"enum-string", "enum-unicode", "text-unicode"}),
        (OBJECT, {"x": 1}, {"object", "integer"}),
        ({"type": "object"}, {}, {"free-form-object", "empty-object"}),
        ({"type": "object", "additionalProperties": STRING}, {"a": "b"}, {"map", "string"}),
        ({"anyOf": [OBJECT, {"type": "null"}]}, None, {"nullable-anyof", "object", "integer"}),
        ({"anyOf": [STRING, {"type": "integer"}]}, 3, {"anyof", "string", "integer"}),
        ({"type": ["string", "null"]}, None, {"nullable-type-list"}),
        ({"type": ["string", "integer"]}, 3, {"type-union"}),
        ({"type": "integer"}, 2**53 + 1, {"integer", "integer-big"}),
        ({"type": "integer"}, 2**53, {"integer"}),
        ({"type": "array", "items": STRING}, [], {"array-of-scalars", "string", "empty-array"}),
        ({"type": "array"}, [1], {"array-untyped"}),
        ({}, 1, {"untyped"}),
        ({"minimum": 3}, 4, {"untyped"}),
        ({"description": "type"}, 4, {"untyped"}),
        (LIST_OF_UNIONS, [{"x": 1}], {"anyof-items", "object", "integer", "string"}),
        (
            {"type": "array", "items": {"allOf": [OBJECT]}},
            [{"x": 1}],
            {"allof-items", "object", "integer"},
        ),
        (
            {"discriminator": {"propertyName": "x"}, "oneOf": [{**OBJECT, "title": "A"}]},
            {"x": 1},
            {"discriminator", "object", "integer"},
        ),
    ],
)
def test_what_is_seen(schema: dict, value: object, expected: set[str]) -> None:
    assert spotted({"plain": schema}, {"plain": value}) == expected


WEATHER = Tool("weather", "", {"type": "object", "properties": {}})
TIME = Tool("time", "", {"type": "object", "properties": {}})


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ([WEATHER], {"choice-required": "required", "choice-named": "tool:weather"}),
        ([WEATHER, WEATHER], {"choice-required": "required", "choice-named": "auto"}),
        ([WEATHER, TIME], {"choice-required": "required", "choice-named": "auto"}),
        ([], {"choice-required": "auto", "choice-named": "auto"}),
    ],
)
def test_a_demand_never_contradicts_the_right_answer(called: list, expected: dict) -> None:
    calls = tuple(ExpectedCall(tool.name, {}) for tool in called)
    prompt = Message("user", f"Call {' and '.join(call.tool for call in calls)}.")
    turn = Turn((prompt,), Expectation("calls" if calls else "no_call", calls))
    for name, choice in expected.items():
        ask = all_features()[name].ask
        assert ask is not None
        demanding = ask(turn)
        assert demanding.tool_choice == choice
        seen = name in spot([WEATHER, TIME], calls, [demanding])
        assert seen is (choice != "auto")
    for name, allowed in {"parallel-off": len(calls) == 1, "parallel-on": bool(calls)}.items():
        ask = all_features()[name].ask
        assert ask is not None
        assert (ask(turn).parallel is (name == "parallel-on")) is allowed


def test_a_tool_is_not_demanded_by_name_where_the_prompt_keeps_it_back() -> None:
    ask = all_features()["choice-named"].ask
    assert ask is not None
    unnamed = Turn(
        (Message("user", "Call the one for forecasts."),),
        Expectation("calls", (ExpectedCall("weather", {}),)),
    )
    assert ask(unnamed) == unnamed


def test_a_property_that_is_named_like_a_keyword_is_no_keyword() -> None:
    seen = spotted({"items": STRING, "anyOf": STRING, "$ref": STRING}, {"items": "plain words"})
    assert seen == {"string", "reserved-names", "odd-keys"}


def test_depth_is_counted_in_objects() -> None:
    def nested(levels: int) -> dict:
        schema: dict = {"type": "integer"}
        for _ in range(levels):
            schema = {"type": "object", "properties": {"x": schema}}
        return schema

    depths = {n: {f for f in spotted({"a": nested(n)}, {}) if "depth" in f} for n in range(7)}
    assert depths[2] == set()
    assert depths[3] == depths[5] == {"depth-3"}
    assert depths[6] == {"depth-3", "depth-6"}


def test_a_schema_that_is_500_levels_deep_is_looked_at_in_part() -> None:
    schema: dict = {"type": "integer"}
    for _ in range(500):
        schema = {"type": "object", "properties": {"x": schema}}
    assert "depth-6" in spotted({"a": schema}, {})


def test_every_canary_belongs_to_its_class() -> None:
    for name, texts in CANARIES.items():
        assert len(set(texts)) == len(texts)
        assert {classify(text) for text in texts} == {name}
    assert {classify(text) for text in WORDS} == {None}


def test_the_guide_names_every_feature_probe_and_spelling() -> None:
    guide = (Path(toolfuzz.__file__).parents[1] / "docs" / "generation.md").read_text()
    for name in (*all_features(), *all_probes(), *SPELLINGS):
        assert f"`{name}`" in guide, name
    opt_in = {f.name for f in all_features().values() if f.opt_in}
    assert set(re.findall(r"`([\w-]+)`\\\*", guide)) == opt_in


def test_every_feature_can_be_drawn_and_seen() -> None:
    for feature in all_features().values():
        drawn = (feature.parameter, feature.change, feature.ask, feature.opening)
        on_offer = (feature.tool, feature.offer, feature.turn)
        seen = (feature.node, feature.key, feature.value, *on_offer)
        assert sum(map(bool, drawn)) == 1, feature.name
        assert any(seen), feature.name
        assert bool(feature.node) == bool(feature.keyword), feature.name
        assert bool(feature.value) == bool(feature.kinds), feature.name


ROOT = {"type": "object", "properties": {"a": STRING}, "required": ["a"]}


def test_a_strict_schema_is_closed_at_every_level() -> None:
    inner = {"type": "array", "items": ROOT}
    schema = {"type": "object", "properties": {"b": inner}, "required": ["b"]}
    closed_root = {**ROOT, "additionalProperties": False}
    assert closed(schema) == {
        "type": "object",
        "properties": {"b": {"type": "array", "items": closed_root}},
        "required": ["b"],
        "additionalProperties": False,
    }
    assert schema["properties"]["b"] is inner


@pytest.mark.parametrize(
    "node",
    [
        {"type": "object"},
        {"type": "object", "additionalProperties": STRING},
        {"type": "object", "properties": {"a": STRING}},
        {"type": "array"},
        {"oneOf": [STRING]},
        {"type": "string", "default": "x"},
        {"type": "string", "format": "uri"},
        {"enum": ["a"]},
    ],
    ids=json.dumps,
)
def test_what_strict_mode_refuses(node: dict) -> None:
    assert closed({"type": "object", "properties": {"a": node}, "required": ["a"]}) is None
