"""A tool on one line."""

from typing import Any

import pytest

from toolfuzz.core.case import Tool
from toolfuzz.evidence.signature import signature

TREE: dict[str, Any] = {
    "$defs": {"Node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}},
    "properties": {"root": {"$ref": "#/$defs/Node"}, "all": {"items": {"$ref": "#/$defs/Node"}}},
    "required": ["root"],
}


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "f()"),
        ({"properties": {"a": {"type": "string"}}}, "f(a?: string)"),
        ({"properties": {"a": {"type": "string"}}, "required": ["a"]}, "f(a: string)"),
        ({"properties": {"a": {"type": ["integer", "null"]}}}, "f(a?: integer | null)"),
        (
            {"properties": {"a": {"anyOf": [{"type": "object"}, {"type": "null"}]}}},
            "f(a?: object | null)",
        ),
        ({"properties": {"a": {"type": "array", "items": {"type": "string"}}}}, "f(a?: string[])"),
        (
            {"properties": {"a": {"type": "array", "items": {"enum": ["x", 1]}}}},
            'f(a?: ("x" | 1)[])',
        ),
        ({"properties": {"a": {"enum": [1, 2, 3, 4, 5]}}}, "f(a?: 1 | 2 | 3 | 4 | …)"),
        ({"properties": {"a": {"const": "x"}, "b": True, "c": False}},
         'f(a?: "x", b?: any, c?: nothing)'),
        (TREE, "f(root: object, all?: any)"),
        ({"properties": {"a": {"$ref": "#/gone"}}}, "f(a?: gone)"),
        # what is no schema at all
        ({"properties": [], "required": "a"}, "f()"),
        ({"properties": {"a": {"type": 7, "anyOf": {}}}, "required": None}, "f(a?: 7)"),
        ({"type": "string"}, "f(text)"),
    ],
)  # fmt: skip
def test_parameters_with_their_types(parameters: Any, told: str) -> None:
    assert signature(Tool("f", None, parameters)) == told


def test_what_has_no_end_and_what_has_no_schema() -> None:
    own: Any = {"properties": {"a": {"$ref": "#/properties/a"}}}
    assert signature(Tool("f", None, own)) == "f(a?: a)"
    many: Any = {"properties": {f"p{n}": {"type": "null"} for n in range(20)}}
    assert signature(Tool("f", None, many)).endswith("p11?: null, … 8 more)")
    assert signature(Tool("f", None, {}, declared=False)) == "f(…)"
