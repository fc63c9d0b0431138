"""Titles of engines' defects, in plain words."""

import pytest
from evidence_cases import one_call

from toolfuzz.core.case import Json
from toolfuzz.core.verdict import Finding
from toolfuzz.evidence.engine.title import parser_title

BOTH, STREAMED, WHOLE = (True, True), (False, True), (True, False)
INNER = {"type": "object", "properties": {"b": {"type": "integer"}}}


def found(slug: str, expected: Json = None, actual: Json = None, pointer: str = "/a") -> Finding:
    layer = "values" if pointer else "structure"
    return Finding(
        slug, "error", layer, "m", 0, pointer, expected=expected, actual=actual
    )  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "value", "finding", "modes", "title"),
    [
        ({"enum": [True, "on"]}, True, found("enum-type-mismatch", True, "True"), BOTH,
         'the boolean true in an enum of several types arrives as the string "True"'),
        ({"$ref": "#/$defs/B"}, {"b": 1}, found("object-as-json-string", {"b": 1}, '{"b": 1}'),
         STREAMED, "an object behind $ref arrives as a string of its JSON, only in a stream"),
        ({"type": ["object", "boolean"]}, {"b": 1}, found("value-changed", {"b": 1}, False), BOTH,
         'the object {"b": 1} arrives as the boolean false where the schema also allows boolean'),
        ({"anyOf": [INNER, {"type": "null"}]}, {"b": 1}, found("value-nulled", {"b": 1}, None),
         WHOLE, 'the object {"b": 1} arrives as null where the schema also allows null (anyOf), '
         "only in a whole text"),
        (INNER, {"b": 1}, found("container-as-opaque-string", {"b": 1}, "{b:1"), BOTH,
         'the object {"b": 1} arrives as the string "{b:1"'),
        ({"type": "string"}, "x\n", found("whitespace-stripped", "x\n", "x"), BOTH,
         'the string "x\\n" arrives as "x"'),
        ({"type": "string"}, "x" * 99, found("whitespace-stripped", "x" * 99, "y" * 98), BOTH,
         "a string arrives as a string"),
        ({}, 1, found("number-as-string", 1, "1"), BOTH,
         'the integer 1 arrives as the string "1" where the schema names no type'),
        ({"type": "boolean"}, True, found("no-call", pointer=""), BOTH,
         'no call came although one was asked for with {"a": true}'),
        ({"type": ["boolean", "string"]}, "x", found("args-unquoted-value", pointer=""), STREAMED,
         "a string stands without its quotes, or without the first one where the schema also "
         "allows boolean, only in a stream"),
    ],
)  # fmt: skip
def test_a_title_says_what_becomes_of_what_and_where(
    schema: dict[str, Json], value: Json, finding: Finding, modes: tuple[bool, bool], title: str
) -> None:
    root = {"type": "object", "properties": {"a": schema}, "$defs": {"B": INNER}}
    case = one_call(root, {"a": value}, "f")
    assert parser_title("p", case, finding, modes) == f"p: {title}"


@pytest.mark.parametrize(
    ("slug", "content", "came", "title"),
    [
        ("provider-refused-call", "", "KeyError: 'a'", "raises KeyError with"),
        ("provider-refused-call", "", "it is not a class", "the provider answers"),
        ("content-changed", "a [1] b", {"content": "a [1 b"}, 'prose loses "]"'),
        ("content-changed", "a {b} c", {"content": "a"}, 'prose is cut off before "{"'),
        ("content-changed", "a", {"content": ""}, "prose beside the calls is lost"),
        ("content-changed", "a b", {"content": "a <x>b"}, 'prose gains "<x>"'),
        ("content-changed", "a b c", {"content": "A b C"}, "prose arrives changed"),
    ],
)
def test_what_came_stands_in_the_title(slug: str, content: str, came: Json, title: str) -> None:
    case = one_call({"type": "object", "properties": {"a": {"type": "integer"}}}, {"a": 1}, "f")
    calls = {"calls": [["f", {"a": 1}]]}
    came = came if isinstance(came, str) else {**calls, **came}
    right: dict[str, Json] = {"content": content, **calls}
    told = parser_title("p", case, found(slug, pointer=""), BOTH, expected=right, came=came)
    assert told.startswith(f"p: {title}")


def test_a_tools_name_that_stayed_is_told() -> None:
    """Every name is made short that doesn't matter."""
    case = one_call({"type": "object", "properties": {}}, {}, "two-words")
    told = parser_title("p", case, found("no-call", pointer=""), BOTH)
    assert told == 'p: no call came although one was asked for, with the tool "two-words"'


@pytest.mark.parametrize(
    ("arguments", "words"), [({}, "is lost"), ({"a": None}, "arrives as null")]
)
def test_what_is_not_there_does_not_arrive_as_null(arguments: Json, words: str) -> None:
    case = one_call({"type": "object", "properties": {"a": {"type": "integer"}}}, {"a": 1}, "f")
    right: dict[str, Json] = {"content": "", "calls": [["f", {"a": 1}]]}
    came: Json = {"content": "", "calls": [["f", arguments]]}
    missing = found("missing-required", 1, None)
    told = parser_title("p", case, missing, BOTH, expected=right, came=came)
    assert told == f"p: the integer 1 {words}"
