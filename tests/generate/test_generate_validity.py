"""Every answer is checked against its own schema; what is seen at first sight is seen right."""

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.generate import draw_cases
from toolfuzz.generate.validity import invalid_at

POINT = {
    "type": "object",
    "properties": {
        "x": {"type": "integer"},
        "names": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["x"],
}
TREE = {"type": "object", "properties": {"at": POINT, "size": {"type": "number", "minimum": 3}}}


def case_of(schema: dict, arguments: dict) -> Case:
    turn = Turn(
        (Message("user", "Call f."),), Expectation("calls", (ExpectedCall("f", arguments),))
    )
    return Case("generated", "echo", (), (Tool("f", "", schema),), (turn,))


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({}, None),
        ({"at": {"x": 1, "names": ["a", ""]}}, None),
        ({"at": {"x": 1}, "size": 3.5}, None),
        ({"at": {"x": 1}, "more": True}, None),
        ({"at": {"x": 1, "more": None}}, None),
        ({"at": {"x": 1.0}}, None),
        ({"at": {"x": True}}, "f: $.at.x"),
        ({"at": {"x": 1.5}}, "f: $.at.x"),
        ({"at": {"names": []}}, "f: $.at"),
        ({"at": {"x": 1, "names": ["a", 2]}}, "f: $.at.names[1]"),
        ({"at": {"x": 1, "names": {}}}, "f: $.at.names"),
        ({"at": []}, "f: $.at"),
        ({"size": 2}, "f: $.size"),
        ({"size": "3"}, "f: $.size"),
    ],
)
def test_the_place_is_named(arguments: dict, place: str | None) -> None:
    assert invalid_at(case_of(TREE, arguments)) == place


def test_further_properties_are_refused_where_none_is_allowed() -> None:
    closed = {**TREE, "additionalProperties": False}
    assert invalid_at(case_of(closed, {"size": 3})) is None
    assert invalid_at(case_of(closed, {"more": 1})) == "f: $"


def _tagged(tag: str) -> dict:
    return {"type": "object", "properties": {"kind": {"const": tag}, "x": {"type": "integer"}}}


@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": [_tagged("a"), _tagged("b"), {"type": "null"}]},
        {"oneOf": [{**_tagged("a"), "required": ["kind"]}, {**_tagged("b"), "required": ["kind"]}]},
        {"oneOf": [_tagged("a"), _tagged("a")]},
        {"oneOf": [{"type": "object"}, {"const": "a"}, True]},
        {"oneOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}]},
        {"oneOf": [{"$ref": "#/$defs/a", "required": ["x"]}, {"$ref": "#/$defs/b"}]},
        {"$ref": "#/properties/other/properties/inner"},
        {"$ref": "#/properties/other"},
        {"multipleOf": 0.5},
        {"multipleOf": 0.1},
    ],
)
def test_unions_references_and_multiples_are_judged_as_jsonschema_does(schema: dict) -> None:
    root = {
        "type": "object",
        "properties": {
            "value": schema,
            "other": {"type": "object", "properties": {"inner": _tagged("a")}},
        },
        "$defs": {"a": _tagged("a"), "b": _tagged("b")},
    }
    for value in (
        *({"kind": "a", "x": 1}, {"kind": "b"}, {"kind": "c"}, {"kind": 1}, {"kind": None}),
        *({}, {"x": 1}, {"kind": "a", "x": "1"}, {"inner": {"kind": "b"}}, {"inner": {}}),
        *(None, "a", 1, 1.5, 0.3, 0.5, 1e300, True, []),
    ):
        right = Draft202012Validator(root).is_valid({"value": value})
        assert (invalid_at(case_of(root, {"value": value})) is None) is right, value


def test_what_was_drawn_and_then_spoilt_is_judged_as_jsonschema_does() -> None:
    spoilt = valid = 0
    for case in draw_cases(50, seed=5):
        for call in case.turns[0].expect.calls:
            tool = case.tool(call.tool)
            # A list of items is of an older draft.
            if tool is None or '"items": [' in json.dumps(tool.parameters):
                continue
            for name in call.arguments:
                for other in ("text", 7, 1.5, True, None, [], [1, "a"], {}, {"x": 1}):
                    arguments = {**call.arguments, name: other}
                    asked = replace(call, arguments=arguments)
                    turn = replace(case.turns[0], expect=Expectation("calls", (asked,)))
                    found = invalid_at(replace(case, turns=(turn,)))
                    right = Draft202012Validator(tool.parameters).is_valid(arguments)
                    assert (found is None) is right
                    spoilt, valid = spoilt + (not right), valid + right
    assert spoilt > 200 and valid > 50
