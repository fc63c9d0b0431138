"""Where in a schema a value stands, and how that place is called."""

from typing import Any

import pytest

from toolfuzz.core.jsonvalue import step, tokens_of
from toolfuzz.judge.shapes import Place, root_place, shape

STRING = {"type": "string"}
ROOT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "env": {"$ref": "#/$defs/Env"},
        "maybe": {"anyOf": [{"$ref": "#/$defs/Env"}, {"type": "null"}]},
        "kinds": {
            "type": "array",
            "items": {"oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]},
        },
        "map": {"type": "object", "additionalProperties": {"type": "integer"}},
        "byName": {"type": "object", "patternProperties": {"^x-": STRING}},
        "pair": {"type": "array", "prefixItems": [STRING, {"type": "integer"}]},
        "both": {"allOf": [{"$ref": "#/$defs/Env"}, {"properties": {"more": STRING}}]},
        "a/b": STRING,
    },
    "$defs": {
        "Env": {
            "type": "object",
            "properties": {"region": STRING, "next": {"$ref": "#/$defs/Env"}},
        },
        "A": {"type": "object", "properties": {"kind": {"const": "a"}, "x": STRING}},
        "B": {"type": "object", "properties": {"kind": {"const": "b"}, "y": {"type": "integer"}}},
    },
}  # fmt: skip
VALUE: dict[str, Any] = {
    "env": {"region": "eu", "next": {"next": {"region": "us"}}},
    "maybe": {"region": "eu"},
    "kinds": [{"kind": "a", "x": "1"}, {"kind": "b", "y": "no integer"}],
    "map": {"k": 1},
    "byName": {"x-1": "s"},
    "pair": ["a", 1],
    "both": {"region": "eu", "more": "m"},
    "a/b": "c",
}


@pytest.mark.parametrize(
    ("pointer", "schema_pointer"),
    [
        ("", ""),
        ("/env", "/$defs/Env"),
        ("/env/region", "/$defs/Env/properties/region"),
        ("/env/next/next/region", "/$defs/Env/properties/region"),
        ("/maybe/region", "/$defs/Env/properties/region"),
        ("/kinds/0/x", "/$defs/A/properties/x"),
        ("/kinds/1/y", "/$defs/B/properties/y"),
        ("/map/k", "/properties/map/additionalProperties"),
        ("/byName/x-1", "/properties/byName/patternProperties/^x-"),
        ("/pair/1", "/properties/pair/prefixItems/1"),
        ("/both/region", "/$defs/Env/properties/region"),
        ("/both/more", "/properties/both/allOf/1/properties/more"),
        ("/a~1b", "/properties/a~1b"),
        ("/env/absent", ""),
    ],
)
def test_a_place_knows_its_schema(pointer: str, schema_pointer: str) -> None:
    place = place_at(ROOT, pointer, VALUE)
    assert place.schema_pointer == schema_pointer
    found = next(part.schema for part in place.parts if part.pointer == schema_pointer)
    node: Any = ROOT
    for token in schema_pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        node = node[int(token)] if isinstance(node, list) else node[token]
    assert found == (node if schema_pointer or not pointer else {})


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (STRING, "string"),
        ({"type": "string", "title": "Any name", "default": "x"}, "string"),
        ({"$ref": "#/$defs/Env"}, "object behind $ref"),
        ({"type": "array", "items": {"$ref": "#/$defs/Env"}}, "array of objects behind $ref"),
        ({"type": "array", "items": {"type": "object", "properties": {"a": STRING}}},
         "array of objects"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
         "array of arrays of integers"),
        ({"type": "array"}, "array"),
        ({"anyOf": [STRING, {"type": "null"}]}, "string or null (anyOf)"),
        ({"type": ["string", "null"]}, "string or null (type list)"),
        ({"anyOf": [{"$ref": "#/$defs/Env"}, {"type": "null"}]},
         "object or null (anyOf) behind $ref"),
        ({"oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]},
         "2 objects (oneOf) behind $ref"),
        ({"allOf": [{"$ref": "#/$defs/Env"}]}, "object (allOf) behind $ref"),
        ({"enum": ["a", "b"]}, "enum of strings"),
        ({"type": "integer", "enum": [1, 2]}, "enum of integers"),
        ({"enum": ["a", 1]}, "enum of mixed values"),
        ({"const": 1}, "const integer"),
        ({"type": "object"}, "free-form object"),
        ({"type": "object", "properties": {}}, "object without parameters"),
        ({"type": "object", "additionalProperties": STRING}, "map of strings"),
        ({"type": "array", "items": {"type": "object"}}, "array of free-form objects"),
        ({"type": "array", "prefixItems": [STRING]}, "tuple"),
        ({}, "anything"),
        (True, "anything"),
        ({"$ref": "#/$defs/Missing"}, "anything behind $ref"),
        ({"$ref": "https://nowhere.invalid/x"}, "anything behind $ref"),
    ],
)  # fmt: skip
def test_shape(schema: Any, words: str) -> None:
    assert shape(schema, ROOT) == words


def test_a_schema_that_only_refers_to_itself_has_a_shape() -> None:
    loop = {"$ref": "#"}
    assert shape(loop) == "anything behind $ref"
    place = place_at(loop, "/a/b", {"a": {"b": 1}})
    assert (place.parts[0].schema, place.schema_pointer) == ({}, "")


def place_at(schema: Any, pointer: str, instance: Any) -> Place:
    place = root_place(schema, instance)
    for token in tokens_of(pointer):
        key = int(token) if isinstance(instance, list) else token
        instance = step(instance, key)
        place = place.child(key, instance)
    return place
