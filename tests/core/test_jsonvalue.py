import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.json import parse
from toolfuzz.core.jsonvalue import (
    a_kind,
    canonical,
    follow,
    kind_of,
    pointer_of,
    resolve_ref,
    same,
    tokens_of,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("one", "other", "spelled_alike", "equal"),
    [
        ('{"a":1,"b":2}', '{"b":2,"a":1}', True, True),
        ('{"a":1}', '{"a":true}', False, False),
        ("[1]", "[true]", False, False),
        ("[0]", "[false]", False, False),
        ("1", "1.0", False, True),
        ("1.0", "1e0", False, True),
        ("0.5", "0.50", False, True),
        ("-0", "0", False, True),
        ("null", "false", False, False),
        ('""', "null", False, False),
        ('"1"', "1", False, False),
        ("[]", "{}", False, False),
        ("[1,2]", "[2,1]", False, False),
        (r'"\u00e9"', '"é"', True, True),
        ("9007199254740993", "9007199254740992", False, False),
        ("10000000000000000000000", "1e22", False, True),
    ],
)
def test_the_two_equalities(one: str, other: str, spelled_alike: bool, equal: bool) -> None:
    left, right = parse(one).value, parse(other).value
    assert same(left, right) is same(right, left) is spelled_alike
    assert (canonical(left) == canonical(right)) is equal


def test_a_float_of_python_is_spelled_as_python_writes_it() -> None:
    assert same(0.5, parse("0.5").value)
    assert not same(0.5, parse("0.50").value)
    assert same({"x": [0.5]}, parse('{"x": [0.5]}').value)


@given(JSON)
def test_a_value_is_the_same_as_its_copy(value: object) -> None:
    copy = parse(json.dumps(value)).value
    assert same(value, copy)
    assert canonical(value) == canonical(copy)


def test_depth_does_not_matter() -> None:
    deep: object = 1
    other: object = 1
    for _ in range(50_000):
        deep, other = [deep], [other]
    assert same(deep, other)


@pytest.mark.parametrize(
    ("text", "kind", "in_a_sentence"),
    [
        ("null", "null", "null"),
        ("true", "boolean", "a boolean"),
        ("5", "integer", "an integer"),
        ("5.0", "number", "a number"),
        ('""', "string", "a string"),
        ("[]", "array", "an array"),
        ("{}", "object", "an object"),
    ],
)
def test_type_names(text: str, kind: str, in_a_sentence: str) -> None:
    value = parse(text).value
    assert (kind_of(value), a_kind(value)) == (kind, in_a_sentence)


ROOT = {
    "$defs": {"A": {"type": "object"}, "a/b": 1, "m~n": 2, "with space": 3, "B": {"$ref": "#"}},
    "prefixItems": [{"$ref": "#/$defs/A"}, {"const": 1}],
}


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("#", ROOT),
        ("#/$defs/A", {"type": "object"}),
        ("#/$defs/a~1b", 1),
        ("#/$defs/m~0n", 2),
        ("#/$defs/with%20space", 3),
        ("#/$defs/with space", 3),
        ("#/prefixItems/1", {"const": 1}),
        ("#/prefixItems/9", None),
        ("#/prefixItems/-1", None),
        ("#/$defs/none", None),
        ("#A", None),
        ("other.json#/$defs/A", None),
        (None, None),
        (1, None),
    ],
)
def test_references_into_the_document(reference: object, target: object) -> None:
    assert resolve_ref(ROOT, reference) == target


def test_a_chain_is_followed_and_a_circle_left() -> None:
    chain = {"$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"type": "string"}}}
    assert follow(chain, {"$ref": "#/$defs/A"}) == {"type": "string"}
    circle = {"$defs": {"A": {"$ref": "#/$defs/A"}}}
    assert follow(circle, {"$ref": "#/$defs/A"}) is None


@given(st.lists(st.text() | st.integers(0, 99)))
def test_pointers_are_read_as_written(path: list[str | int]) -> None:
    assert tokens_of(pointer_of(path)) == [str(key) for key in path]
