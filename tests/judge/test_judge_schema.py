"""Group D: keys and constraints, with the right answer and without it."""

from typing import Any

import pytest
from judge_calls import UNKNOWN, judged, open_schema, slugs

from toolfuzz.core.case import Tool
from toolfuzz.core.json import loads
from toolfuzz.core.validation import fits

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
OBJECT = {"type": "object"}


def tool_schema(required: list[str] | None = None, closed: bool = True) -> dict[str, Any]:
    properties = {
        "path": STRING,
        "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        "stage": {"enum": ["lead", "customer", "in progress"]},
        "minutes": {"type": "integer", "enum": [60, 1440]},
        "note": {"type": ["string", "null"]},
        "order": {"type": "string", "default": "asc"},
        "filter": {"$ref": "#/$defs/Filter"},
    }
    schema: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": ["path"] if required is None else required,
        "$defs": {
            "Filter": {
                "type": "object",
                "properties": {"query": STRING, "size": INTEGER},
                "required": ["query"],
                "additionalProperties": False,
            }
        },
    }
    return {**schema, "additionalProperties": False} if closed else schema


RIGHT = {"path": "a.txt", "limit": 5, "stage": "customer", "minutes": 60}


@pytest.mark.parametrize(
    ("came", "slug", "pointer", "with_schema"),
    [
        ({}, "args-empty-object", "", True),
        ({"arguments": RIGHT}, "args-wrapped", "", True),
        ({"f": RIGHT}, "args-wrapped", "", True),
        ({"name": "f", "arguments": RIGHT}, "args-wrapped", "", True),
        ({"name": "f", **RIGHT}, "args-wrapped", "", True),
        ({"limit": 5, "stage": "customer", "minutes": 60}, "missing-required", "/path", True),
        ({**RIGHT, "colour": "red"}, "unknown-param", "/colour", True),
        ({**RIGHT, "limit": None}, "value-nulled", "/limit", False),
        ({**RIGHT, "stage": "Customer"}, "enum-case", "/stage", True),
        ({**RIGHT, "stage": "archived"}, "enum-violation", "/stage", True),
        ({**RIGHT, "minutes": "60"}, "enum-type-mismatch", "/minutes", True),
        ({**RIGHT, "minutes": 30}, "enum-violation", "/minutes", True),
        ({**RIGHT, "limit": 101}, "constraint-violation", "/limit", True),
        ({**RIGHT, "order": ""}, "optional-placeholder", "/order", False),
        ({**RIGHT, "order": "desc"}, "default-const-ignored", "/order", False),
        ({**RIGHT, "note": "unasked"}, "value-changed", "/note", False),
        ({"path": "a.txt", "stage": "customer"}, "parameter-dropped-by-parser", "/limit", False),
        ({"minutes": 60}, "parameter-dropped-by-parser", "/path", False),
        ({"Path": "a.txt", **{k: v for k, v in RIGHT.items() if k != "path"}}, "param-renamed",
         "/Path", True),
    ],
)  # fmt: skip
def test_each_defect_has_one_name(came: Any, slug: str, pointer: str, with_schema: bool) -> None:
    found = judged(came, expected=RIGHT, schema=tool_schema())
    assert [(f.slug, f.pointer) for f in found] == [(slug, pointer)]
    alone = judged(came, schema=tool_schema())
    if with_schema:
        assert [(f.slug, f.pointer) for f in alone] == [(slug, pointer)]


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        (RIGHT, RIGHT),
        ({**RIGHT, "order": "asc"}, RIGHT),
        (RIGHT, {**RIGHT, "order": "asc"}),
        ({"minutes": 60, "path": "a.txt"}, {"path": "a.txt", "minutes": 60}),
    ],
)
def test_legal_variations_give_nothing(came: Any, expected: Any) -> None:
    assert judged(came, expected=expected, schema=tool_schema()) == []
    assert judged(came, schema=tool_schema()) == []


def test_a_parameter_that_looks_like_an_envelope_is_a_parameter() -> None:
    schema = open_schema(arguments=OBJECT, name=STRING)
    right = {"arguments": {"a": 1}, "name": "f"}
    assert judged(right, expected=right, schema=schema) == []
    assert judged(right, schema=schema) == []
    wrapped = {"arguments": right}
    assert slugs(judged(wrapped, expected=right, schema=schema)) == ["args-wrapped"]


def test_a_renamed_parameter_is_found_by_its_value_too() -> None:
    schema = tool_schema()
    came = {"file": "a.txt", "limit": 5, "stage": "customer", "minutes": 60}
    assert slugs(judged(came, expected=RIGHT, schema=schema)) == ["param-renamed"]
    assert slugs(judged(came, schema=schema)) == ["missing-required"]
    came["file"] = "b.txt"
    assert slugs(judged(came, expected=RIGHT, schema=schema)) == ["missing-required"]
    inside = {**RIGHT, "Path": "b.txt"}
    del inside["path"]
    found = judged(inside, expected=RIGHT, schema=schema)
    assert slugs(found) == ["param-renamed", "value-changed"]
    assert found[1].pointer == "/Path"


def test_markup_as_a_key() -> None:
    came = {'parameter name="path"': "a.txt", "limit": 5, "stage": "customer", "minutes": 60}
    assert slugs(judged(came, expected=RIGHT, schema=tool_schema())) == ["args-native-markup"]


def test_an_unknown_parameter_weighs_as_the_schema_says() -> None:
    came = {**RIGHT, "colour": "red"}
    assert judged(came, expected=RIGHT, schema=tool_schema())[0].severity == "error"
    # "Exactly these arguments" were asked for: where they are known, one more is wrong as well.
    assert judged(came, expected=RIGHT, schema=tool_schema(closed=False))[0].severity == "error"
    assert judged(came, schema=tool_schema(closed=False)) == []
    anything = judged(came, expected=RIGHT, schema=tool_schema(closed=False), compare="schema")
    assert anything == []


@pytest.mark.parametrize(
    ("default", "came"),
    [
        (0.5, "0.5"),
        (0.5, "0.50"),
        (5, "5"),
        (5, "5.0"),
        (2.0, "2"),
        ({"x": 0.5}, '{"x": 0.5}'),
        ([0.25, 1], "[0.25, 1]"),
        (True, "true"),
    ],
)
def test_a_documented_default_may_be_sent_or_left_out(default: Any, came: str) -> None:
    schema = open_schema(a=STRING)
    schema["properties"]["d"] = {"default": default}
    assert judged(f'{{"a": "x", "d": {came}}}', expected={"a": "x"}, schema=schema) == []
    assert judged('{"a": "x"}', expected={"a": "x", "d": default}, schema=schema) == []


@pytest.mark.parametrize(("default", "came"), [(0.5, "0.25"), (1, "true"), (True, "1")])
def test_another_value_than_the_default_is_none_of_these(default: Any, came: str) -> None:
    schema = open_schema(a=STRING)
    schema["properties"]["d"] = {"default": default}
    found = judged(f'{{"a": "x", "d": {came}}}', expected={"a": "x"}, schema=schema)
    assert slugs(found) == ["default-const-ignored"]


def test_null_for_an_optional_parameter() -> None:
    schema = tool_schema()
    for expected in (RIGHT, UNKNOWN):
        (found,) = judged({**RIGHT, "order": None}, expected=expected, schema=schema)
        assert (found.slug, found.severity) == ("optional-null", "error")
    (found,) = judged({**RIGHT, "note": None}, expected=RIGHT, schema=schema)
    assert (found.slug, found.severity) == ("optional-null", "warn")
    assert judged({**RIGHT, "note": None}, schema=schema) == []
    required = {**schema, "required": ["path", "limit"]}
    assert slugs(judged({**RIGHT, "limit": None}, schema=required)) == ["value-nulled"]


def test_a_placeholder_that_the_schema_forbids() -> None:
    found = judged({**RIGHT, "limit": ""}, schema=tool_schema())
    assert [(f.slug, f.pointer) for f in found] == [("optional-placeholder", "/limit")]


def test_a_nested_object_that_came_empty() -> None:
    schema = open_schema(param=OBJECT)
    found = judged({"param": {}}, expected={"param": {"a": True}}, schema=schema)
    assert [(f.slug, f.pointer) for f in found] == [("object-emptied", "/param")]
    assert judged({"param": {}}, expected={"param": {}}, schema=schema) == []


def test_invented_members_behind_a_reference() -> None:
    expected = {"path": "a", "filter": {"query": "x", "size": 3}}
    came = {"path": "a", "filter": {"text": "x", "n": 3}}
    (found,) = judged(came, expected=expected, schema=tool_schema())
    assert (found.slug, found.pointer) == ("schema-ref-invisible", "/filter")
    assert (found.shape, found.schema_pointer) == ("object behind $ref", "/$defs/Filter")
    inlined = open_schema(path=STRING, filter=tool_schema()["$defs"]["Filter"])
    assert "schema-ref-invisible" not in slugs(judged(came, expected=expected, schema=inlined))


def test_a_parameter_named_like_a_keyword_that_never_came() -> None:
    schema = open_schema(title=STRING, body=STRING)
    right = {"title": "t", "body": "b"}
    assert slugs(judged({"body": "b"}, expected=right, schema=schema)) == ["schema-mutated"]
    assert slugs(judged({"title": "t"}, expected=right, schema=schema)) == ["missing-required"]
    wrong = judged({"body": "x"}, expected=right, schema=schema)
    assert slugs(wrong) == ["missing-required", "value-changed"]


TREE = {
    "type": "object",
    "properties": {"root": {"$ref": "#/$defs/Node"}},
    "required": ["root"],
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {
                "name": STRING,
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
            "required": ["name"],
        }
    },
}
LEAF = {"name": "leaf"}
GROWN = {"root": {"name": "r", "children": [{"name": "c", "children": [LEAF]}]}}


@pytest.mark.parametrize(
    ("came", "pointer"),
    [
        ({"root": {"name": "r", "children": []}}, "/root/children"),
        ({"root": {"name": "r"}}, "/root/children"),
        ({"root": {"name": "r", "children": [{"name": "c"}]}}, "/root/children/0/children"),
        ({"root": {"name": "r", "children": [{"name": "c", "children": []}]}},
         "/root/children/0/children"),
    ],
)  # fmt: skip
def test_a_tree_that_was_cut(came: Any, pointer: str) -> None:
    found = judged(came, expected=GROWN, schema=TREE)
    assert [(f.slug, f.pointer) for f in found] == [("recursive-collapse", pointer)]
    assert judged(GROWN, expected=GROWN, schema=TREE) == []


def test_a_list_that_is_no_tree_is_not_a_collapse() -> None:
    schema = open_schema(names={"type": "array", "items": STRING})
    found = judged({"names": []}, expected={"names": ["a"]}, schema=schema)
    assert slugs(found) == ["value-emptied"]


CIRCLE = {
    "type": "object",
    "properties": {"kind": {"const": "circle"}, "radius": {"type": "number"}},
    "required": ["kind", "radius"],
    "additionalProperties": False,
}
SQUARE = {
    "type": "object",
    "properties": {"kind": {"const": "square"}, "side": {"type": "number"}},
    "required": ["kind", "side"],
    "additionalProperties": False,
}
UNION = open_schema(shape={"oneOf": [CIRCLE, SQUARE]})
ROUND = {"shape": {"kind": "circle", "radius": 2}}


@pytest.mark.parametrize(
    ("came", "slug"),
    [
        ({"kind": "square", "radius": 2}, "union-branch-invalid"),
        ({"kind": "triangle", "radius": 2}, "union-branch-invalid"),
        ({"kind": "circle", "radius": 2, "side": 2}, "union-branch-invalid"),
        ({"kind": "square", "side": 2}, "value-changed"),
        ({"kind": "circle", "radius": "2"}, "number-as-string"),
        ({"kind": "circle", "radius": 3}, "value-changed"),
        ({"kind": "circle"}, "missing-required"),
        ('{"kind": "circle", "radius": 2}', "object-as-json-string"),
    ],
)
def test_unions_of_objects(came: Any, slug: str) -> None:
    assert slugs(judged({"shape": came}, expected=ROUND, schema=UNION)) == [slug]
    assert judged(ROUND, expected=ROUND, schema=UNION) == []


def test_unions_without_the_right_answer() -> None:
    assert slugs(judged({"shape": {"kind": "circle", "side": 1}}, schema=UNION)) == [
        "union-branch-invalid"
    ]
    found = judged({"shape": '{"kind": "circle", "radius": 2}'}, schema=UNION)
    assert slugs(found) == ["object-as-json-string"]
    nullable = open_schema(n={"anyOf": [INTEGER, {"type": "null"}]})
    assert slugs(judged({"n": "5"}, schema=nullable)) == ["number-as-string"]
    deep = open_schema(o={"anyOf": [open_schema(n=INTEGER), {"type": "null"}]})
    found = judged({"o": {"n": "5"}}, schema=deep)
    assert [(f.slug, f.pointer) for f in found] == [("number-as-string", "/o/n")]


@pytest.mark.parametrize(
    ("schema", "expected", "came"),
    [
        ({"prefixItems": [STRING, INTEGER]}, ["a", 1], [1, "a"]),
        ({"prefixItems": [STRING, INTEGER], "minItems": 2}, ["a", 1], ["a"]),
        ({"prefixItems": [STRING, INTEGER], "items": False}, ["a", 1], ["a", 1, 2]),
        ({"prefixItems": [{"type": "boolean"}, INTEGER]}, [True, 1], [1, True]),
        ({"prefixItems": [INTEGER, INTEGER]}, [1, 2], ["a", "b"]),
    ],
)
def test_tuples(schema: Any, expected: Any, came: Any) -> None:
    whole = open_schema(pair={"type": "array", **schema})
    found = judged({"pair": came}, expected={"pair": expected}, schema=whole)
    assert [(f.slug, f.pointer) for f in found] == [("tuple-violated", "/pair")]
    assert judged({"pair": expected}, expected={"pair": expected}, schema=whole) == []


def test_a_stringified_item_of_a_tuple_is_no_tuple_violation() -> None:
    whole = open_schema(pair={"type": "array", "prefixItems": [INTEGER, INTEGER]})
    for expected in ({"pair": [1, 2]}, UNKNOWN):
        found = judged({"pair": ["1", "2"]}, expected=expected, schema=whole)
        assert slugs(found) == ["number-as-string"]


def test_constants() -> None:
    schema = open_schema(version={"const": 1})
    for expected in ({"version": 1}, UNKNOWN):
        assert slugs(judged({"version": 2}, expected=expected, schema=schema)) == [
            "default-const-ignored"
        ]
        found = judged({"version": "1"}, expected=expected, schema=schema)
        assert slugs(found) == ["number-as-string"]


@pytest.mark.parametrize(
    ("schema", "wrong", "right"),
    [
        ({"type": "array", "maxItems": 2}, [1, 2, 3], [1, 2]),
        ({"type": "array", "uniqueItems": True}, [{"a": 1}, {"a": 1.0}], [{"a": 1}, {"a": True}]),
        ({"type": "string", "minLength": 3}, "ab", "abc"),
        ({"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$"}, "A", "a-b"),
        ({"type": "number", "multipleOf": 0.5}, 0.7, 1.5),
        ({"type": "string", "format": "date"}, "tomorrow", "2026-01-15"),
        ({"type": "string", "format": "date-time"}, "2026-13-01T00:00:00Z", "2026-01-15T10:00:00Z"),
        ({"type": "string", "format": "uuid"}, "1", "123e4567-e89b-12d3-a456-426614174000"),
        ({"type": "string", "format": "email"}, "x", "a@b.example"),
        ({"type": "string", "format": "uri"}, "no uri", "https://a.example/?q=1"),
        ({"type": "object", "minProperties": 1}, {}, {"a": 1}),
    ],
)
def test_constraints(schema: Any, wrong: Any, right: Any) -> None:
    whole = open_schema(v=schema)
    assert slugs(judged({"v": wrong}, schema=whole)) == ["constraint-violation"]
    assert judged({"v": right}, schema=whole) == []


def test_a_strict_tool_that_was_not_enforced() -> None:
    came = {**RIGHT, "stage": "archived"}
    pair = ["enum-violation", "schema-unenforced"]
    assert slugs(judged(came, expected=RIGHT, schema=tool_schema(), strict=True)) == pair
    assert slugs(judged(came, schema=tool_schema(), strict=True)) == pair
    came = {**RIGHT, "limit": "5"}
    only = ["number-as-string"]
    assert slugs(judged(came, expected=RIGHT, schema=tool_schema(), strict=True)) == only
    assert judged(RIGHT, expected=RIGHT, schema=tool_schema(), strict=True) == []


def test_any_valid_arguments_pass_when_only_the_schema_is_compared() -> None:
    came = {"path": "other.txt"}
    assert judged(came, expected=RIGHT, schema=tool_schema(), compare="schema") == []
    assert slugs(judged({}, expected=RIGHT, schema=tool_schema(), compare="schema")) == [
        "args-empty-object"
    ]


def test_text_where_string_and_object_are_allowed_is_ambiguous() -> None:
    schema = open_schema(v={"anyOf": [STRING, OBJECT]}, w=STRING)
    (found,) = judged({"v": '{"a": 1}', "w": '{"a": 1}'}, schema=schema)
    assert (found.slug, found.severity, found.pointer) == ("object-as-json-string", "info", "/v")
    assert "can't tell" in found.message


def test_values_of_the_wrong_type_without_the_right_answer() -> None:
    schema = open_schema(
        n=INTEGER, b={"type": "boolean"}, o=OBJECT, a={"type": "array", "items": STRING}, s=STRING
    )
    right = {"n": 1, "b": True, "o": {}, "a": ["x", "y"], "s": "x"}
    for change, slug in (
        ({"n": "1"}, "number-as-string"),
        ({"b": 1}, "boolean-as-alias"),
        ({"b": "False"}, "boolean-as-string"),
        ({"o": "{'a': 1}"}, "container-as-python-repr"),
        ({"o": "a=1"}, "container-as-opaque-string"),
        ({"a": "x, y"}, "array-as-delimited-string"),
        ({"a": "x"}, "scalar-for-array"),
        ({"a": '["x"]'}, "array-as-json-string"),
        ({"a": {"item": "x"}}, "array-item-wrapped"),
        ({"s": 5}, "string-as-scalar"),
        ({"s": {"a": 1}}, "string-as-container"),
        ({"s": ["x"]}, "string-array-wrapped"),
        ({"n": 1.5}, "value-changed"),
    ):
        assert slugs(judged({**right, **change}, schema=schema)) == [slug], change


def test_validates() -> None:
    tool = Tool("f", "", open_schema(n=INTEGER, when={"type": "string", "format": "date"}))
    assert fits(tool.parameters, loads('{"n": 5.0, "when": "2026-01-15"}'))
    assert not fits(tool.parameters, loads('{"n": 5.5, "when": "2026-01-15"}'))
    assert not fits(tool.parameters, loads('{"n": 5, "when": "soon"}'))
    assert not fits(tool.parameters, loads('{"n": true, "when": "2026-01-15"}'))


def test_the_schema_s_own_dialect_counts() -> None:
    items = {"type": "array", "items": [INTEGER, STRING], "additionalItems": False}
    old = {"$schema": "http://json-schema.org/draft-07/schema#", **open_schema(v=items)}
    assert fits(old, {"v": [1, "a"]})
    assert not fits(old, {"v": ["a", 1]})
    assert not fits(old, {"v": [1, "a", 2]})
    found = judged({"v": ["a", 1]}, expected={"v": [1, "a"]}, schema=old)
    assert slugs(found) == ["tuple-violated"]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://nowhere.invalid/schema.json"},
        {"$ref": "#/$defs/Missing"},
        {"$ref": "#"},
        {"type": "strin"},
        {"type": 5},
        {"properties": 5, "required": 7, "enum": 3, "anyOf": {}, "items": "x", "$ref": 4},
        {"pattern": "(?<name>"},
        {"pattern": "(a+)+$"},
        {"pattern": "^(a|a)*$"},
        {"patternProperties": {"(": {}, "(x+)+$": False}, "additionalProperties": False},
        {"multipleOf": 0},
        {"multipleOf": 0.1},
        True,
    ],
)
def test_odd_schemas_harm_nobody(schema: Any) -> None:
    whole = open_schema(v=schema)
    for value in ("a" * 60 + "!", 10**400, 1e300, {"v": {"v": 1}}, [[]], None, True):
        judged({"v": value}, schema=whole)
        judged({"v": value}, expected={"v": "right"}, schema=whole)
        judged({"v": value}, schema=schema if isinstance(schema, dict) else {})


def test_twenty_thousand_objects_that_must_differ() -> None:
    schema = open_schema(v={"type": "array", "uniqueItems": True})
    assert judged({"v": [{"n": n} for n in range(20_000)]}, schema=schema) == []


def test_causes_inside_an_object_are_named_beside_its_keys() -> None:
    schema = open_schema(o={**open_schema(n=INTEGER), "additionalProperties": False})
    found = judged({"o": {"n": "5", "x": 1}}, schema=schema)
    assert [(f.slug, f.pointer) for f in found] == [
        ("unknown-param", "/o/x"),
        ("number-as-string", "/o/n"),
    ]


def test_a_long_chain_of_nullable_references() -> None:
    link = {"type": "object", "properties": {"n": INTEGER, "next": {"anyOf": [
        {"$ref": "#/$defs/Link"}, {"type": "null"}]}}, "required": ["n"]}  # fmt: skip
    schema = {**open_schema(head={"$ref": "#/$defs/Link"}), "$defs": {"Link": link}}

    def chain(leaf: Any) -> Any:
        value = {"n": leaf, "next": None}
        for n in range(150):
            value = {"n": n, "next": value}
        return {"head": value}

    assert judged(chain(1), expected=chain(1), schema=schema) == []
    found = judged(chain("1"), expected=chain(1), schema=schema)
    assert [(f.slug, f.pointer) for f in found] == [
        ("number-as-string", "/head" + "/next" * 150 + "/n")
    ]
