"""Respelled: the same question under another spelling of the tools."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.validators import validator_for

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Tool, Turn
from toolfuzz.generate import draw_cases
from toolfuzz.generate.probes import probes_in
from toolfuzz.generate.prompts import read, render
from toolfuzz.generate.rename import neutral_names, renamed, renamed_value
from toolfuzz.generate.respell import SPELLINGS, respelled
from toolfuzz.generate.spellings import (
    inlined,
    null_by_any_of,
    null_by_type_list,
    undescribed,
)
from toolfuzz.generate.spot import nodes
from toolfuzz.generate.tools.toolset import ToolSet
from toolfuzz.generate.validity import invalid_at

SINGLE = list(probes_in("toolfuzz.generate.probes"))
INDIRECT = ["ref-defs", "ref-definitions", "ref-siblings", "nullable-anyof", "nullable-type-list"]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [
        *draw_cases(150),
        *draw_cases(60, features=INDIRECT),
        *draw_cases(20, features=["strict"]),
    ]


def leaves(value: object) -> Iterator[object]:
    """Yield all scalars in order: what is left when keys may have other names."""
    if isinstance(value, dict | list):
        yield f"{type(value).__name__} of {len(value)}"
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    else:
        yield repr(value)


def keywords(case: Case) -> set[str]:
    return {key for tool in case.tools for node, _ in nodes(tool.parameters) for key in node}


def test_a_respelled_case_asks_for_the_same_values(cases: list[Case]) -> None:
    kinds = set()
    for case in cases:
        for kind, other in respelled(case).items():
            kinds.add(kind)
            assert other.id != case.id
            assert other.probe == case.probe
            assert invalid_at(other) is None
            for turn, new in zip(case.turns, other.turns, strict=True):
                assert [list(leaves(c.arguments)) for c in turn.expect.calls] == [
                    list(leaves(c.arguments)) for c in new.expect.calls
                ]
                if new.expect.kind == "calls":
                    assert read(new.messages, other.tools) == list(new.expect.calls)
    assert kinds == set(SPELLINGS)


def test_a_respelled_case_has_lost_what_it_is_named_after(cases: list[Case]) -> None:
    for case in cases:
        found = respelled(case)
        if "inlined-ref" in found:
            assert "$ref" in keywords(case)
            recursive = "ref-recursive" in case.features
            assert ("$ref" in keywords(found["inlined-ref"])) is recursive
        if "no-description" in found:
            assert not any(t.description for t in found["no-description"].tools)
        if "strict-off" in found:
            assert not any(t.strict for t in found["strict-off"].tools)
        if "neutral-names" in found:
            names = [t.name for t in found["neutral-names"].tools]
            assert names == [f"tool_{n}" for n in range(1, len(names) + 1)]


def test_what_has_nothing_to_respell_has_no_such_spelling() -> None:
    plain = Tool(
        "tool_1",
        "",
        {"type": "object", "properties": {"p1": {"type": "string"}}, "required": ["p1"]},
    )
    for case in draw_cases(10, tools=[ToolSet("t", (plain,))], probes=SINGLE):
        assert respelled(case) == {}


REF = {"$ref": "#/$defs/A"}
A = {"type": "object", "properties": {"x": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("spell", "schema", "expected"),
    [
        (inlined, {"properties": {"a": REF}, "$defs": {"A": A}}, {"properties": {"a": A}}),
        (
            inlined,
            {"properties": {"a": {**REF, "description": "d"}}, "$defs": {"A": A}},
            {"properties": {"a": {**A, "description": "d"}}},
        ),
        (
            inlined,
            {"properties": {"a": {**REF, "type": "object"}}, "$defs": {"A": A}},
            {"properties": {"a": {"type": "object", "allOf": [A]}}},
        ),
        (inlined, {"properties": {"$ref": A}}, {"properties": {"$ref": A}}),
        (inlined, {"const": {"$ref": "#/$defs/A"}, "$defs": {}}, {"const": {"$ref": "#/$defs/A"}}),
        (
            null_by_type_list,
            {"properties": {"a": {"anyOf": [A, {"type": "null"}], "default": None}}},
            {"properties": {"a": {**A, "type": ["object", "null"], "default": None}}},
        ),
        (
            null_by_type_list,
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            null_by_any_of,
            {"items": {"type": ["array", "null"], "items": {"type": "string"}}},
            {
                "items": {
                    "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]
                }
            },
        ),
        (
            undescribed,
            {"description": "d", "properties": {"description": {"title": "t", "type": "string"}}},
            {"properties": {"description": {"type": "string"}}},
        ),
    ],
)
def test_respelling(spell: object, schema: dict, expected: dict) -> None:
    assert callable(spell)
    assert spell(schema) == expected


@pytest.mark.parametrize(
    ("spell", "schema"),
    [
        (inlined, {"$ref": "#/$defs/N", "$defs": {"N": {"items": {"$ref": "#/$defs/N"}}}}),
        (inlined, {"items": {"$ref": "https://example.org/a.json"}}),
        (inlined, {"items": {"$ref": "#/$defs/missing"}}),
        (null_by_type_list, {"anyOf": [REF, {"type": "null"}]}),
        (null_by_type_list, {"anyOf": [A, A, {"type": "null"}]}),
        (null_by_any_of, {"type": ["string", "integer"]}),
        (null_by_any_of, {"enum": [["x", "null"]]}),
    ],
)
def test_what_stays_as_it_is(spell: object, schema: dict) -> None:
    assert callable(spell)
    assert spell(schema) == schema


NESTED = {
    "type": "object",
    "properties": {
        "owner": {"$ref": "#/$defs/Person"},
        "labels": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Person"}},
        "pair": {"prefixItems": [{"type": "integer"}, {"$ref": "#/$defs/Person"}]},
    },
    "required": ["owner"],
    "dependentRequired": {"labels": ["pair"]},
    "$defs": {
        "Person": {
            "discriminator": {"propertyName": "kind"},
            "oneOf": [
                {"properties": {"kind": {"const": "boss"}, "x": {"enum": ["kind"]}}},
                {"properties": {"kind": {"const": "self"}, "owner": {"$ref": "#/$defs/Person"}}},
            ],
        }
    },
}


def test_names_are_neutral_at_every_level() -> None:
    names = neutral_names(NESTED)
    assert [names[k] for k in ("owner", "labels", "pair")] == ["p1", "p2", "p3"]
    assert set(names) == {"owner", "labels", "pair", "kind", "x"}
    kind, x = names["kind"], names["x"]
    schema = renamed(NESTED, names)
    assert list(schema["properties"]) == ["p1", "p2", "p3"]
    assert schema["required"] == ["p1"]
    assert schema["dependentRequired"] == {"p2": ["p3"]}
    person = schema["$defs"]["Person"]
    assert person["discriminator"] == {"propertyName": kind}
    assert person["oneOf"][0]["properties"] == {kind: {"const": "boss"}, x: {"enum": ["kind"]}}
    value = {
        "owner": {"kind": "self", "owner": {"kind": "boss", "x": "kind"}},
        "labels": {"owner": {"kind": "boss"}, "free": {"kind": "boss"}},
        "pair": [1, {"kind": "boss"}],
    }
    neutral = renamed_value(value, NESTED, names)
    assert neutral == {
        "p1": {kind: "self", "p1": {kind: "boss", x: "kind"}},
        "p2": {"owner": {kind: "boss"}, "free": {kind: "boss"}},
        "p3": [1, {kind: "boss"}],
    }
    Draft202012Validator(schema).validate(neutral)
    back = {new: old for old, new in names.items()}
    assert renamed(schema, back) == NESTED
    assert renamed_value(neutral, schema, back) == value


def test_a_new_name_that_is_taken_is_not_given() -> None:
    schema = {"type": "object", "properties": {"a": {}}}
    with pytest.raises(ValueError, match="taken"):
        renamed_value({"a": 1, "p1": 2}, schema, neutral_names(schema))
    tool = Tool("t", "A tool.", schema)
    turn = Turn(
        render("echo", [tool], [ExpectedCall("t", {"a": 1, "p1": 2})]),
        Expectation("calls", (ExpectedCall("t", {"a": 1, "p1": 2}),)),
    )
    assert "neutral-names" not in respelled(Case("x", "echo", (), (tool,), (turn,)))


def test_a_reference_through_a_property_keeps_its_names() -> None:
    schema = {"properties": {"a": {"type": "string"}, "b": {"$ref": "#/properties/a"}}}
    assert neutral_names(schema) == {}
    assert renamed(schema, {}) == schema


def test_conversations_have_no_other_spelling() -> None:
    drawn = list(draw_cases(40, probes=["after-prose", "followup"]))
    assert len(drawn) == 40 and not any(map(respelled, drawn))


def test_a_named_tool_is_named_anew() -> None:
    found = 0
    for case in draw_cases(60, features=["choice-named"]):
        other = respelled(case).get("neutral-names")
        turn = (other or case).turns[0]
        if other is not None and turn.tool_choice.startswith("tool:"):
            assert turn.tool_choice == f"tool:{turn.expect.calls[0].tool}"
            assert other.tool(turn.expect.calls[0].tool) is not None
            found += 1
    assert found > 20


NULLABLE = st.sampled_from(
    [
        {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]},
        {"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]},
        {"anyOf": [A, {"type": "null"}]},
    ]
)
ANY = st.sampled_from([None, 2, 3, "a", "c", {}, {"x": 1}, {"x": "1"}, [], True])


@given(NULLABLE, ANY)
def test_both_spellings_of_null_allow_the_same(schema: dict, value: object) -> None:
    listed = null_by_type_list(schema)
    back = null_by_any_of(listed)
    assert json.dumps(back) == json.dumps(schema)
    allowed = [Draft202012Validator(s).is_valid(value) for s in (schema, listed, back)]
    assert len(set(allowed)) == 1


TUPLE = [{"type": "object", "properties": {"name": {"type": "string"}}}, {"type": "integer"}]


@pytest.mark.parametrize(
    "schema",
    [
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": {"pair": {"type": "array", "items": TUPLE, "additionalItems": False}},
            "required": ["pair"],
        },
        {
            "type": "object",
            "properties": {"pair": {"type": "array", "items": TUPLE, "minItems": 1}},
            "required": ["pair"],
        },
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "type": "object",
            "properties": {"n": {"$ref": "#pos"}},
            "required": ["n"],
            "definitions": {"n": {"id": "#pos", "minimum": 0, "exclusiveMinimum": True}},
        },
        {
            "type": "object",
            "properties": {"n": {"$ref": "#pos"}},
            "required": ["n"],
            "definitions": {"n": {"$id": "#pos", "type": "integer"}},
        },
    ],
    ids=["draft-07 tuple", "tuple without $schema", "draft-04 id", "$id of an anchor"],
)
def test_schemas_of_older_drafts_are_respelled_by_their_own_rules(schema: dict) -> None:
    tool = Tool("f", "A tool.", schema)
    for case in draw_cases(10, tools=[ToolSet("tools:x.json", (tool,))], probes=SINGLE):
        found = respelled(case)
        assert "neutral-names" in found
        new = found["neutral-names"]
        for turn in new.turns:
            for call in turn.expect.calls:
                (named,) = new.tools
                assert set(call.arguments) == {"p1"}
                validator_for(named.parameters, default=Draft7Validator)(named.parameters).validate(
                    call.arguments
                )


@pytest.mark.parametrize("word", ["respelled", "twin"])
def test_where_a_respelled_case_came_from_is_read_in_old_journals_too(word: str) -> None:
    case = Case(f"{word}:strict-off:0123456789abcdef", "echo", (), (), ())
    assert case.respelled_from == ("strict-off", "0123456789abcdef")
    assert Case("tools:mine.json", "echo", (), (), ()).respelled_from is None
