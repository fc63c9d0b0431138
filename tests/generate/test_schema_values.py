import json
import re
import subprocess
import sys
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.schema_values import (
    Unsatisfiable,
    draw_value,
    first_error,
    left_out,
    problem_of,
)
from toolfuzz.strategies import arguments

DRAWS = 60


def draw(schema, seed):
    return draw_value(schema, Pick(words(seed)))


def drawn(schema, count=DRAWS):
    return [draw(schema, seed) for seed in range(count)]


def of(schema, **beside):
    """A tool's parameters with one required member ``x``."""
    return {"type": "object", "properties": {"x": schema}, "required": ["x"], **beside}


def xs(schema, count=DRAWS, **beside):
    return [value["x"] for value in drawn(of(schema, **beside), count)]


TREE = {
    "type": "object",
    "properties": {
        "value": {"type": "integer"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
    },
    "required": ["value", "children"],
}
LINKED = {
    "type": "object",
    "properties": {"next": {"anyOf": [{"$ref": "#/$defs/Link"}, {"type": "null"}]}},
    "required": ["next"],
}

SATISFIABLE = {
    "no arguments": {"type": "object", "properties": {}},
    "no arguments, closed": {"type": "object", "properties": {}, "additionalProperties": False},
    "empty schema": {},
    "type list at the root": {"type": ["object", "null"]},
    "free-form object": of({"type": "object"}),
    "anything": of({}),
    "true": of(True),
    "array without items": of({"type": "array"}),
    "local $ref": of({"$ref": "#/$defs/N"}, **{"$defs": {"N": {"type": "integer"}}}),
    "definitions": of({"$ref": "#/definitions/N"}, definitions={"N": {"type": "integer"}}),
    "$ref with siblings": of(
        {"$ref": "#/$defs/N", "maximum": 3}, **{"$defs": {"N": {"type": "integer", "minimum": 2}}}
    ),
    "$ref to a property": {
        "type": "object",
        "properties": {"a": {"enum": [1, 2]}, "b": {"$ref": "#/properties/a"}},
        "required": ["a", "b"],
    },
    "$ref to the root": {"type": "object", "properties": {"child": {"$ref": "#"}}},
    "$anchor": of({"$ref": "#n"}, **{"$defs": {"N": {"$anchor": "n", "type": "null"}}}),
    "$id inside": of(
        {"$ref": "https://example.com/n"},
        **{"$defs": {"N": {"$id": "https://example.com/n", "type": "boolean"}}},
    ),
    "relative $ref to an $id": {
        "$id": "https://example.com/root",
        **of({"$ref": "n"}, **{"$defs": {"N": {"$id": "n", "type": "boolean"}}}),
    },
    "escaped pointer": of({"$ref": "#/$defs/a~1b%20c"}, **{"$defs": {"a/b c": {"const": 1}}}),
    "recursive through an array": of({"$ref": "#/$defs/Tree"}, **{"$defs": {"Tree": TREE}}),
    "recursive through null": of({"$ref": "#/$defs/Link"}, **{"$defs": {"Link": LINKED}}),
    "published meta-schema": of({"$ref": "https://json-schema.org/draft/2020-12/schema"}),
    "anyOf at the root": {
        "type": "object",
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
    },
    "oneOf that overlaps": of({"oneOf": [{"type": "integer"}, {"minimum": 10, "type": "number"}]}),
    "oneOf with const": of(
        {
            "oneOf": [
                {"type": "object", "properties": {"kind": {"const": k}}, "required": ["kind"]}
                for k in ("a", "b", "c")
            ]
        }
    ),
    "allOf merging": of(
        {"allOf": [{"type": "integer"}, {"minimum": 5}, {"maximum": 6}, {"multipleOf": 3}]}
    ),
    "allOf of closed and open": of(
        {
            "allOf": [
                {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
                {"properties": {"a": True, "b": False}, "additionalProperties": False},
            ]
        }
    ),
    "anyOf inside allOf inside anyOf": of(
        {"anyOf": [{"allOf": [{"anyOf": [{"type": "null"}, {"const": 3}]}, {"minimum": 2}]}]}
    ),
    "nullable type list": of({"type": ["string", "null"], "minLength": 3}),
    "enum of all kinds": of({"enum": [1, "1", 1.5, True, None, [1], {"a": 1}]}),
    "enum narrowed by type": of({"type": "integer", "enum": [1, "a", 2.5, 3]}),
    "const object": of({"const": {"a": [1, None]}}),
    "pattern anchored": of({"type": "string", "pattern": r"^[A-Z]{3}-\d{4}$"}),
    "pattern unanchored": of({"type": "string", "pattern": "foo|ba+r"}),
    "pattern with length": of({"type": "string", "pattern": r"^\w+$", "minLength": 30}),
    "pattern with lookahead": of(
        {"type": "string", "pattern": r"^(?=.*\d)(?=.*[a-z])[a-z\d]{6,12}$"}
    ),
    "pattern with groups": of({"type": "string", "pattern": r"^(a|b)(?:c\1){2}[^x-z\s]+?$"}),
    "two patterns": of({"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "^.{2,4}$"}]}),
    "pattern without type": of({"pattern": "^x"}),
    "map": of({"type": "object", "additionalProperties": {"type": "integer"}}),
    "map of at least two": of(
        {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 2}
    ),
    "patternProperties": of(
        {
            "type": "object",
            "patternProperties": {"^x-": {"type": "integer"}, "b$": {"minimum": 3}},
            "additionalProperties": False,
            "minProperties": 1,
        }
    ),
    "two names of an unanchored pattern": of(
        {"type": "object", "patternProperties": {"b": {"type": "integer"}}, "minProperties": 2}
    ),
    "open object that needs more than it declares": of(
        {"type": "object", "properties": {"a": {"type": "integer"}}, "minProperties": 3}
    ),
    "recursion below a not": of(
        {"$ref": "#/$defs/N"},
        **{
            "$defs": {
                "N": {
                    "type": "object",
                    "not": {"required": ["a"]},
                    "properties": {"b": {"$ref": "#/$defs/N"}},
                }
            }
        },
    ),
    "propertyNames": of(
        {"type": "object", "propertyNames": {"pattern": "^[a-z]{2}$"}, "minProperties": 2}
    ),
    "propertyNames enum": of(
        {
            "type": "object",
            "propertyNames": {"enum": ["en", "de"]},
            "additionalProperties": {"type": "string"},
            "minProperties": 1,
        }
    ),
    "tuple": of(
        {
            "type": "array",
            "prefixItems": [{"type": "number"}, {"type": "string"}],
            "items": False,
            "minItems": 2,
        }
    ),
    "draft 7 tuple": of(
        {
            "type": "array",
            "items": [{"type": "number"}, {"const": "m"}],
            "additionalItems": {"type": "boolean"},
            "minItems": 3,
        },
        **{"$schema": "http://json-schema.org/draft-07/schema#"},
    ),
    "draft 7 tuple without $schema": of({"type": "array", "items": [{"type": "null"}]}),
    "uniqueItems": of(
        {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 3}
    ),
    "contains": of(
        {"type": "array", "items": {"type": "integer"}, "contains": {"const": 7}, "minItems": 2}
    ),
    "minContains": of(
        {"type": "array", "contains": {"type": "string"}, "minContains": 2, "maxContains": 3}
    ),
    "integer bounds": of({"type": "integer", "minimum": -3, "exclusiveMaximum": -1}),
    "integer between fractions": of({"type": "integer", "minimum": 0.5, "maximum": 1.5}),
    "number between": of({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001}),
    "multipleOf fraction": of({"type": "number", "multipleOf": 0.01, "minimum": 1}),
    "multipleOf integers": of({"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}]}),
    "multipleOf below zero": of({"type": "number", "multipleOf": 0.1, "exclusiveMaximum": -0.5}),
    "multipleOf of great numbers": of({"type": "integer", "multipleOf": 2**70, "minimum": 1}),
    "a number beyond doubles": of({"type": "number", "minimum": 10**400}),
    "bounds beyond doubles": of({"type": "integer", "minimum": 10**400}),
    "int32": of({"type": "integer", "format": "int32"}),
    "negative only": of({"type": "number", "maximum": -100}),
    "huge bounds": of({"type": "integer", "minimum": 2**60, "maximum": 2**62}),
    "exact length": of({"type": "string", "minLength": 12, "maxLength": 12}),
    "format and length": of({"type": "string", "format": "email", "maxLength": 20}),
    "dependentRequired": {
        "type": "object",
        "properties": {k: {"type": "string"} for k in "abc"},
        "dependentRequired": {"a": ["b"], "b": ["c"]},
    },
    "dependentSchemas": {
        "type": "object",
        "properties": {"card": {"type": "integer"}, "zip": {"type": "string"}},
        "dependentSchemas": {"card": {"required": ["zip"], "properties": {"zip": {"const": "1"}}}},
    },
    "draft 7 dependencies": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {k: {"type": "string"} for k in "ab"},
        "dependencies": {"a": ["b"], "b": {"properties": {"a": {"minLength": 2}}}},
    },
    "if then else": {
        "type": "object",
        "properties": {"kind": {"enum": ["card", "bank"]}, "iban": {}, "number": {}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "card"}}},
        "then": {"required": ["number"]},
        "else": {"required": ["iban"]},
    },
    "not": of({"type": "string", "not": {"enum": ["main", "v2"]}}),
    "not a type": of({"not": {"type": ["object", "array", "string"]}}),
    "not required together": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "not": {"required": ["a", "b"]},
    },
    "unevaluatedProperties": {
        "allOf": [{"properties": {"a": {"type": "integer"}}}],
        "properties": {"b": {"type": "string"}},
        "required": ["a"],
        "unevaluatedProperties": False,
    },
    "minProperties over optional ones": {
        "type": "object",
        "properties": {k: {"type": "integer"} for k in "abcd"},
        "minProperties": 3,
        "additionalProperties": False,
    },
    "maxProperties": {
        "type": "object",
        "properties": {k: {"type": "integer"} for k in "abcd"},
        "maxProperties": 1,
    },
    "odd names": of(
        {
            "type": "object",
            "properties": {k: {"type": "integer"} for k in ("$ref", "a/b", "~", "", "type", "[0]")},
        }
    ),
    "required but undeclared": {"type": "object", "required": ["ghost"]},
    "an optional member that can't be": {
        "type": "object",
        "properties": {"ok": {"type": "integer"}, "bad": False},
    },
    "40 parameters": {
        "type": "object",
        "properties": {f"p{n}": {"type": "string"} for n in range(40)},
        "required": [f"p{n}" for n in range(0, 40, 2)],
    },
    "draft 4 flags": of(
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 1},
        **{"$schema": "http://json-schema.org/draft-04/schema#"},
    ),
}


@pytest.mark.parametrize("name", SATISFIABLE)
def test_every_drawn_value_validates(name):
    schema = SATISFIABLE[name]
    draft = Draft7Validator if "draft" in name and "2020" not in name else Draft202012Validator
    if "$schema" in schema and "draft-04" in schema["$schema"]:
        from jsonschema import Draft4Validator as draft  # noqa: N813
    before = json.dumps(schema)
    found = drawn(schema)
    for value in found:
        draft(schema).validate(value)
        assert isinstance(value, dict)
        assert json.loads(json.dumps(value)) == value
    assert json.dumps(schema) == before, "the schema itself is left alone"


UNSATISFIABLE = {
    "false": (of(False), "/properties/x", "no value at all"),
    "types exclude each other": (
        of({"allOf": [{"type": "string"}, {"type": "integer"}]}),
        "/properties/x/allOf/1",
        "excludes",
    ),
    "bounds": (of({"type": "integer", "minimum": 5, "maximum": 3}), "/properties/x", "above"),
    "no integer between": (
        of({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}),
        "/properties/x",
        "no valid value",
    ),
    "lengths": (
        of({"type": "string", "minLength": 5, "maxLength": 3}),
        "/properties/x",
        "minLength",
    ),
    "enum against type": (of({"type": "integer", "enum": ["a"]}), "/properties/x", "enum"),
    "two consts": (of({"allOf": [{"const": 1}, {"const": 2}]}), "/properties/x", "const"),
    "required but forbidden": (
        {"type": "object", "required": ["a"], "additionalProperties": False},
        "/additionalProperties",
        "no value at all",
    ),
    "root is no object": ({"type": "string"}, "", "object"),
    "every branch": (
        of({"anyOf": [{"type": "integer", "minimum": 2, "maximum": 1}, False]}),
        "/properties/x",
        "no branch",
    ),
    "$ref to itself": (
        of({"$ref": "#/$defs/A"}, **{"$defs": {"A": {"$ref": "#/$defs/A"}}}),
        "/$defs/A",
        "refers to itself",
    ),
    "not itself": (
        of({"$ref": "#/$defs/A"}, **{"$defs": {"A": {"not": {"$ref": "#/$defs/A"}}}}),
        None,
        "refers to itself",
    ),
    "if itself": ({"type": "object", "if": {"$ref": "#"}}, None, "refers to itself"),
    "a chain of references": (
        of(
            {"$ref": "#/$defs/L0"},
            **{"$defs": {**{f"L{n}": {"$ref": f"#/$defs/L{n + 1}"} for n in range(90)}, "L90": {}}},
        ),
        None,
        "in a row",
    ),
    "dangling $ref under not": (
        of({"not": {"$ref": "#/$defs/Nope"}}),
        "/properties/x/not/$ref",
        "points nowhere",
    ),
    "needs itself": (
        of(
            {"$ref": "#/$defs/A"},
            **{
                "$defs": {
                    "A": {
                        "type": "object",
                        "properties": {"a": {"$ref": "#/$defs/A"}},
                        "required": ["a"],
                    }
                }
            },
        ),
        None,
        "needs itself",
    ),
    "two that need each other": (
        of(
            {"$ref": "#/$defs/A"},
            **{
                "$defs": {
                    "A": {
                        "type": "object",
                        "properties": {"b": {"$ref": "#/$defs/B"}},
                        "required": ["b"],
                    },
                    "B": {"type": "array", "items": {"$ref": "#/$defs/A"}, "minItems": 1},
                }
            },
        ),
        None,
        "needs itself",
    ),
    "dangling $ref": (of({"$ref": "#/$defs/Nope"}), "/properties/x/$ref", "points nowhere"),
    "dangling $ref in an optional part": (
        {"type": "object", "properties": {"o": {"$ref": "#/$defs/Nope"}}},
        "/properties/o/$ref",
        "points nowhere",
    ),
    "remote $ref": (
        of({"$ref": "https://example.com/s.json"}),
        "/properties/x/$ref",
        "not fetched",
    ),
    "relative file $ref": (of({"$ref": "./other.json"}), "/properties/x/$ref", "not fetched"),
    "bad pattern": (of({"type": "string", "pattern": "["}), "/properties/x/pattern", "expression"),
    "impossible pattern": (of({"type": "string", "pattern": "a^b"}), "/properties/x", "no valid"),
    "not anything": (of({"not": {}}), "/properties/x", "no value at all"),
    "invalid type": (of({"type": "strin"}), "/properties/x/type", "not a JSON Schema"),
    "properties as a list": (
        {"type": "object", "properties": []},
        "/properties",
        "not a JSON Schema",
    ),
    "invalid by its own draft": (
        of({"items": 3}, **{"$schema": "http://json-schema.org/draft-07/schema#"}),
        "/properties/x/items",
        "not a JSON Schema",
    ),
    "a million items": (of({"type": "array", "minItems": 10**6}), "/properties/x", "more items"),
    "a huge string": (of({"type": "string", "minLength": 10**9}), "/properties/x", "no valid"),
    "numbers beyond any check": (
        of({"type": "number", "multipleOf": 1e308, "minimum": 1}),
        None,
        "too great",
    ),
    "unique from too few": (
        of({"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3}),
        None,
        "no valid value",
    ),
}


@pytest.mark.parametrize("name", UNSATISFIABLE)
def test_what_has_no_value_is_reported_with_its_place(name):
    schema, pointer, words = UNSATISFIABLE[name]
    found = problem_of(schema)
    assert found is not None
    assert words in found.reason
    assert "\n" not in found.reason
    if pointer is not None:
        assert found.pointer == pointer
    with pytest.raises(Unsatisfiable):
        drawn(schema, 3)


def test_a_schema_nested_500_levels_is_refused_at_once():
    schema = {"type": "string"}
    for _ in range(500):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    found = problem_of(schema)
    assert found is not None
    assert "nested too deeply" in found.reason


def test_a_schema_nested_40_levels_is_drawn():
    schema = {"type": "integer"}
    for _ in range(40):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    assert problem_of(schema) is None


def test_many_unions_in_one_place_end_in_bounded_time():
    unions = [{"anyOf": [{"title": f"{n}{m}"} for m in range(6)]} for n in range(8)]
    found = problem_of(of({"allOf": unions}))
    assert found is None or "combinations" in found.reason or "too long" in found.reason


def test_values_that_double_at_every_level_are_refused_in_time():
    defs = {
        f"L{n}": {"type": "array", "items": {"$ref": f"#/$defs/L{n + 1}"}, "minItems": 2}
        for n in range(40)
    }
    found = problem_of(of({"$ref": "#/$defs/L0"}, **{"$defs": {**defs, "L40": {}}}))
    assert found is not None
    assert "20,000 parts" in found.reason


def test_unions_that_only_lead_to_themselves_are_refused():
    defs = {"A": {"anyOf": [{"$ref": "#/$defs/B"}]}, "B": {"anyOf": [{"$ref": "#/$defs/A"}]}}
    assert problem_of(of({"$ref": "#/$defs/A"}, **{"$defs": defs})) is not None


def test_bounds_come_often():
    found = xs({"type": "integer", "minimum": 1, "maximum": 1000}, 300)
    assert found.count(1) > 20
    assert found.count(1000) > 20
    lengths = [len(x) for x in xs({"type": "string", "minLength": 2, "maxLength": 9}, 300)]
    assert lengths.count(2) > 10
    assert lengths.count(9) > 10


def test_odd_strings_come_where_the_schema_allows_them():
    found = set(xs({"type": "string"}, 1500))
    assert {"02134", "null", "</tool_call>", "    indented = True\n"} <= found
    assert "" in found
    narrow = set(xs({"type": "string", "pattern": r"^\d+$"}, 200))
    assert "02134" in narrow


def test_big_integers_come_where_the_schema_allows_them():
    assert 9007199254740993 in xs({"type": "integer"}, 400)


def test_optional_members_come_and_stay_away():
    schema = {"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}}}
    assert {frozenset(value) for value in drawn(schema, 100)} == {
        frozenset(),
        frozenset("a"),
        frozenset("b"),
        frozenset("ab"),
    }


def test_both_ends_of_a_nullable_come():
    schema = {"anyOf": [{"type": "object", "properties": {}}, {"type": "null"}], "default": None}
    found = xs(schema)
    assert None in found
    assert any(isinstance(value, dict) for value in found)


def test_every_branch_of_a_union_and_of_an_enum_comes():
    found = xs({"oneOf": [{"const": n} for n in range(5)]})
    assert set(found) == set(range(5))
    assert set(xs({"enum": list("abcde")})) == set("abcde")


def test_both_branches_of_if_come():
    kinds = {value["kind"] for value in drawn(SATISFIABLE["if then else"])}
    assert kinds == {"card", "bank"}


def test_recursion_goes_deeper_than_one_level_and_ends():
    def depth(tree):
        return 1 + max(map(depth, tree["children"]), default=0)

    found = [depth(x) for x in xs({"$ref": "#/$defs/Tree"}, 100, **{"$defs": {"Tree": TREE}})]
    assert min(found) == 1
    assert 2 < max(found) < 10


FORMATS = (
    *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "ipv4", "ipv6"),
    *("uri", "uuid", "json-pointer", "regex", "byte"),
)
_LOOKS = {
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "time": r"\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "duration": r"P(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)",
    "hostname": r"[a-z0-9.-]+",
    "uri": r"https://[a-z0-9.-]+/[!-~]*",
    "byte": r"[A-Za-z0-9+/]*={0,2}",
    "json-pointer": r"(/([^~/]|~[01])*)*",
}


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_kept(name):
    found = xs({"type": "string", "format": name})
    assert all(Draft202012Validator.FORMAT_CHECKER.conforms(text, name) for text in found)
    assert all(re.fullmatch(_LOOKS.get(name, "(?s).*"), text) for text in found)
    assert len(set(found)) > 3


def test_an_unknown_format_is_only_a_hint():
    assert len(set(xs({"type": "string", "format": "file-path"}))) > 10


def test_extra_members_are_not_invented_where_parameters_are_declared():
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert {name for value in drawn(schema) for name in value} == {"a"}


def test_no_pattern_ends_in_a_line_break():
    assert not any(text.endswith("\n") for text in xs({"type": "string", "pattern": "^a.*$"}, 200))


def test_the_same_seed_gives_the_same_value():
    schema = SATISFIABLE["40 parameters"]
    assert draw(schema, b"seed") == draw(schema, b"seed")
    assert draw(schema, 1) != draw(schema, 2)


def test_the_same_seed_gives_the_same_value_in_another_process():
    schema = SATISFIABLE["anything"]
    script = (
        "import json, sys; from toolfuzz.generate.schema_values import draw_value;"
        "from toolfuzz.generate.pick import Pick, words; schema = json.loads(sys.argv[1]);"
        "print(json.dumps([draw_value(schema, Pick(words(n))) for n in range(40)]))"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script, json.dumps(schema)],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert json.loads(printed[0]) == drawn(schema, 40)


REAL_PATTERNS = (
    r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$",
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)))?$",
    r"^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12})$",
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?Z$",
    r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@-]{1,64}$",
    r"^(\*|[0-5]?\d)(/\d+)?( (\*|[0-9,-]+)){4}$",
    r"^#?([a-f0-9]{6}|[a-f0-9]{3})$",
    r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$",
    r"^[^\s/\\:*?\"<>|]+\.(?i:csv|json)$",
    r"^(?P<q>['\"])[a-z]*(?P=q)$",
    r"^\u00e9+[^\x00-\x1f]*\Z",
    r"\bfoo\b",
    r"^\S(.*\S)?$",
    r"^$",
    r"",
)


@pytest.mark.parametrize("pattern", REAL_PATTERNS)
def test_patterns_as_people_write_them(pattern):
    found = xs({"type": "string", "pattern": pattern}, 100)
    assert all(re.search(pattern, text) for text in found)
    assert len(set(found)) > 5 or pattern in ("^$",)


def test_the_strategy_gives_valid_different_values():
    schema = SATISFIABLE["recursive through an array"]
    found = []

    @settings(max_examples=100, database=None, derandomize=True, phases=[Phase.generate])
    @given(arguments(schema))
    def collect(value):
        found.append(json.dumps(value))
        Draft202012Validator(schema).validate(value)

    collect()
    assert len(set(found)) > 40


def test_the_strategy_says_at_once_that_there_is_no_value():
    with pytest.raises(UsageError, match="no value at all"):
        arguments(of(False))


NAMES = st.sampled_from(("a", "b", "c", "type", "$x", "a/b"))
SCALARS = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(lambda low, size: {"type": "integer", "minimum": low, "maximum": low + size},
              st.integers(-50, 50), st.integers(0, 20)),
    st.builds(lambda low, size: {"type": "number", "exclusiveMinimum": low, "maximum": low + size},
              st.integers(-50, 50), st.integers(1, 20)),
    st.builds(lambda low, size: {"type": "string", "minLength": low, "maxLength": low + size},
              st.integers(0, 20), st.integers(0, 20)),
    st.builds(lambda p: {"type": "string", "pattern": p},
              st.sampled_from((r"^\d{3}$", "^(a|b)+$", "x", r"^[^@]+@[a-z]+\.de$"))),
    st.builds(lambda values: {"enum": values},
              st.lists(st.sampled_from((1, "1", None, True, 2.5, "x")), min_size=1, max_size=4)
              .map(lambda vs: [v for v, k in {json.dumps(v): v for v in vs}.items()])
              .map(lambda keys: [json.loads(k) for k in keys])),
    st.builds(lambda f: {"type": "string", "format": f}, st.sampled_from(FORMATS)),
)  # fmt: skip


def _containers(inner):
    properties = st.dictionaries(NAMES, inner, max_size=4)
    return st.one_of(
        st.builds(
            lambda ps, flags, extra: {
                "type": "object",
                "properties": ps,
                "required": [n for n, flag in zip(ps, flags, strict=False) if flag],
                **extra,
            },
            properties,
            st.lists(st.booleans(), min_size=4, max_size=4),
            st.sampled_from(({}, {"additionalProperties": False}, {"additionalProperties": True})),
        ),
        st.builds(lambda s: {"type": "object", "additionalProperties": s}, inner),
        st.builds(
            lambda s, low, size: {
                "type": "array",
                "items": s,
                "minItems": low,
                "maxItems": low + size,
            },
            inner,
            st.integers(0, 2),
            st.integers(0, 2),
        ),
        st.builds(
            lambda ss: {"type": "array", "prefixItems": ss, "minItems": len(ss)},
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda ss: {"anyOf": ss}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda s: {"anyOf": [s, {"type": "null"}], "default": None}, inner),
        st.builds(lambda s: {"allOf": [s], "description": "wrapped"}, inner),
        st.builds(lambda s: {"oneOf": [s, {"const": "only this"}]}, inner),
        st.just({"$ref": "#/$defs/Node"}),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(SCALARS, _containers, max_leaves=8), st.integers(0, 2**32))
def test_any_schema_gives_only_valid_values(schema, seed):
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}, "v": schema}}
    whole = of(schema, **{"$defs": {"Node": node}})
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for n in range(5):
        value = draw(whole, seed + n)
        assert validator.is_valid(value), list(validator.iter_errors(value))


KEYWORDS = (
    {"type": ["integer", "string", "object", "array", "null"]},
    {"minimum": 3},
    {"maxLength": 4},
    {"enum": [1, 4, "abc", "abcdef", None, {}, [1]]},
    {"not": {"const": 4}},
    {"anyOf": [{"type": "integer"}, {"minItems": 1}, {"required": ["a"]}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 0}]},
    {"if": {"type": "integer"}, "then": {"multipleOf": 5}, "else": {"minProperties": 1}},
    {"properties": {"a": {"type": "null"}}, "additionalProperties": {"type": "integer"}},
    {"items": {"enum": [1, 2]}, "uniqueItems": True},
)


@pytest.mark.parametrize("pair", list(product(range(len(KEYWORDS)), repeat=2)), ids=str)
def test_any_two_keywords_together_are_drawn_or_reported(pair):
    schema = of({"allOf": [KEYWORDS[n] for n in pair]})
    found = problem_of(schema)
    if found is None:
        assert all(Draft202012Validator(schema).is_valid(value) for value in drawn(schema, 10))
    else:
        candidates = [
            0,
            1,
            3,
            4,
            5,
            10,
            "abc",
            "zz",
            None,
            [],
            [1],
            [2, 1],
            {},
            {"a": None},
            {"b": 1},
        ]
        fitting = [c for c in candidates if Draft202012Validator(schema).is_valid({"x": c})]
        assert not fitting, (found, fitting)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"^(.+)+x$",
        r"^(a|a)*b$",
        r"^https?://(([a-z]+)+\.)+x$",
        r"^(\w+\s?)*$",
        r"^(a?){26}a{26}$",
    ],
)
def test_a_pattern_that_could_take_forever_is_checked_in_bounded_time(pattern):
    """Every branch counts: all are tried on every value."""
    either = xs({"anyOf": [{"type": "string", "pattern": pattern}, {"type": "integer"}]})
    assert {type(x) for x in either} == {str, int}
    by_name = {"patternProperties": {pattern: {"const": 1}}, "additionalProperties": False}
    named = xs({"type": "object", "minProperties": 1, **by_name})
    assert {value for x in named for value in x.values()} == {1}


UNREADABLE = {"type": "string", "pattern": "(unclosed"}


def test_an_unreadable_pattern_concerns_only_what_it_is_the_pattern_of():
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": UNREADABLE,
            "c": {"anyOf": [UNREADABLE, {"type": "null"}]},
        },
        "required": ["a", "c"],
    }
    assert {tuple(value) for value in drawn(schema)} == {("a", "c")}
    assert {value["c"] for value in drawn(schema)} == {None}
    (problem,) = left_out(schema)
    assert problem.pointer == "/properties/b/pattern"
    assert "can't be read" in problem.reason
    needed = problem_of(of(UNREADABLE))
    assert needed is not None and needed.pointer == "/properties/x/pattern"


def test_a_pattern_of_another_dialect_is_drawn_where_ordinary_texts_fit():
    assert all(text.isalpha() for text in xs({"type": "string", "pattern": r"^\p{L}+$"}))


@pytest.mark.parametrize("keyword", ["not", "if"])
def test_a_value_that_hangs_on_an_unreadable_pattern_is_not_drawn(keyword):
    found = xs({"type": ["string", "integer"], keyword: UNREADABLE, "then": {"minLength": 5}})
    assert {type(x) for x in found} == {int}


def test_a_pattern_of_names_is_refused_where_jsonschema_has_no_time_limit():
    evil = {"type": "object", "patternProperties": {"^(a+)+$": {}}, "unevaluatedProperties": False}
    problem = problem_of(of(evil))
    assert problem is not None and "may take forever" in problem.reason
    assert problem_of(of({**evil, "patternProperties": {"^a+$": {}}})) is None


@pytest.mark.parametrize(
    ("draft", "named", "schema"),
    [
        ("draft-04", {"id": "#pos", "type": "integer"}, {"$ref": "#pos"}),
        ("draft-04", {"id": "item", "type": "integer"}, {"$ref": "item"}),
        ("draft-07", {"$id": "#pos", "type": "integer"}, {"$ref": "#pos"}),
        ("draft-07", {"$id": "item", "type": "integer"}, {"$ref": "item"}),
        (None, {"$id": "#pos", "type": "integer"}, {"$ref": "#pos"}),
    ],
)
def test_references_by_id_are_those_of_the_schemas_own_draft(draft, named, schema):
    root = {"$schema": f"http://json-schema.org/{draft}/schema#"} if draft else {}
    root |= {("id" if draft == "draft-04" else "$id"): "http://example.org/root.json"}
    whole = {**root, **of(schema), "definitions": {"n": named}}
    assert {type(value["x"]) for value in drawn(whole)} == {int}
    assert first_error(whole, {"x": 1}) is None
    assert first_error(whole, {"x": "1"}) == "$.x"


def test_validity_is_that_of_the_schemas_own_draft():
    pair = {
        "type": "array",
        "items": [{"type": "string"}, {"type": "integer"}],
        "additionalItems": False,
    }
    whole = of(pair, **{"$schema": "http://json-schema.org/draft-07/schema#"})
    assert first_error(whole, {"x": ["a", 1]}) is None
    assert first_error(whole, {"x": ["a", "b"]}) == "$.x[1]"
    assert first_error(whole, {"x": ["a", 1, 2]}) == "$.x"


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(([a-z0-9]+-)*[a-z0-9]+\.)+[a-z]{2,6}$",
        r"^(\*|([0-9]{1,2}(,[0-9]{1,2})*))( (\*|[0-9]+)){4}$",
        r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$",
        r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$",
        r"^P(\d+Y)?(\d+M)?(T(\d+H)?)?$",
        r"^(((((a?)?)?)?)?)?$",
    ],
)
def test_repeats_in_repeats_do_no_harm_by_themselves(pattern):
    schema = {"type": "object", "properties": {"x": {"type": "string", "pattern": pattern}}}
    for seed in range(10):
        value = draw(schema, seed)
        assert re.search(pattern, value.get("x", "")) or "x" not in value


def test_a_tool_that_declares_nothing_is_given_nothing():
    for more in ({}, {"properties": {}}, {"additionalProperties": True}):
        schema = {"type": "object", **more}
        assert [draw(schema, seed) for seed in range(20)] == [{}] * 20
    free = {"type": "object", "properties": {"x": {"type": "object"}}, "required": ["x"]}
    assert any(draw(free, seed)["x"] for seed in range(20))


@pytest.mark.parametrize(
    "schema",
    [
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "properties": {"id": {"type": "string"}, "b": {"$ref": "#/properties/id"}},
        },
        {
            "$schema": "http://json-schema.org/draft-06/schema#",
            "dependencies": {"a": {"required": ["b"]}, "b": ["a"]},
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        },
        {
            "$schema": "https://json-schema.org/draft-07/schema",
            "allOf": [{"$schema": "https://json-schema.org/draft-07/schema", "$id": "urn:x:y"}],
            "properties": {"a": {"type": "string", "pattern": "^a+$"}},
        },
    ],
)
def test_schemas_that_the_libraries_stumble_over(schema: dict) -> None:
    schema = {"type": "object", **schema, "required": list(schema["properties"])}
    assert problem_of(schema) is None
    assert draw_value(schema, Pick(words(1))).keys() == schema["properties"].keys()
