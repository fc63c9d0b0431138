"""What must hold for any arguments: right ones pass however they are spelled, wrong ones never."""

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge_calls import document, judged

from toolfuzz.core.json import dumps, parse
from toolfuzz.core.jsonvalue import equal, same

texts = st.text(max_size=8) | st.sampled_from(
    ["02134", "true", "null", '{"a":1}', "[1]", "  x\n", "&amp;", "</parameter>", "C:\\new", "é😀"]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
arguments = st.dictionaries(texts, values, max_size=4)
schemas = st.sampled_from(
    [
        {"type": "object"},
        {"type": "object", "properties": {}},
        {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, {}]}},
        {"$ref": "#/$defs/T", "$defs": {"T": {"additionalProperties": {"$ref": "#/$defs/T"}}}},
    ]
)


def spelled(value: Any, data: st.DataObject) -> str:
    """Some legal spelling of the value: key order, space, escapes, number tokens."""
    space = data.draw(st.sampled_from(["", " ", "\n  "]))
    match value:
        case dict():
            pairs = [
                f"{_text(key, data)}{space}:{space}{spelled(item, data)}"
                for key, item in data.draw(st.permutations(list(value.items())))
            ]
            return "{" + space + f"{space},".join(pairs) + space + "}"
        case list():
            return "[" + f",{space}".join(spelled(item, data) for item in value) + "]"
        case str():
            return _text(value, data)
        case bool() | None:
            return json.dumps(value)
        case int():
            exact = abs(value) < 2**53 and value != 0
            return f"{value}.0" if exact and data.draw(st.booleans()) else str(value)
        case _:
            return re.sub(r"(\.\d+)$", r"\g<1>0", repr(value))


def _text(text: str, data: st.DataObject) -> str:
    written = json.dumps(text, ensure_ascii=data.draw(st.booleans()))
    return written.replace("/", "\\/") if data.draw(st.booleans()) else written


@settings(max_examples=75, deadline=None)
@given(value=arguments, schema=schemas, data=st.data())
def test_any_spelling_of_the_right_arguments_passes(
    value: Any, schema: Any, data: st.DataObject
) -> None:
    raw = spelled(value, data)
    for found in judged(raw, expected=value, schema=schema):
        assert found.severity != "error", (raw, found)
        assert found.slug in ("args-ascii-escaped", "number-lexical-drift", "integer-as-float")


def mutate(value: Any, data: st.DataObject) -> Any:
    """Change one thing somewhere in the value."""
    value = copy.deepcopy(value)
    places: list[tuple[Any, Any]] = []
    stack = [value]
    while stack:
        node = stack.pop()
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        for key in keys:
            places.append((node, key))
            if isinstance(node[key], dict | list):
                stack.append(node[key])
    how = data.draw(st.sampled_from(["replace", "stringify", "delete", "add", "null", "rename"]))
    if how == "add" or not places:
        value[data.draw(texts)] = data.draw(values)
        return value
    holder, key = data.draw(st.sampled_from(places))
    match how:
        case "replace":
            holder[key] = data.draw(values)
        case "stringify":
            holder[key] = dumps(holder[key])
        case "null":
            holder[key] = None
        case "delete":
            del holder[key]
        case "rename" if isinstance(holder, dict):
            holder[data.draw(texts)] = holder.pop(key)
    return value


@settings(max_examples=150, deadline=None)
@given(value=arguments, schema=schemas, data=st.data())
def test_any_change_is_found(value: Any, schema: Any, data: st.DataObject) -> None:
    changed = mutate(value, data)
    if same(value, changed):
        return
    found = judged(changed, expected=value, schema=schema)
    assert found, (value, changed)
    if not equal(value, changed):
        # Nothing lost but nulls: a parser that drops them says the same in most languages.
        mild = [f for f in found if f.slug in ("parameter-dropped-by-parser", "optional-null")]
        assert mild or any(f.severity == "error" for f in found), (value, changed, found)
    assert len({(f.slug, f.shape, f.severity) for f in found}) == len(found)


@settings(max_examples=60, deadline=None)
@given(value=arguments)
def test_a_cut_anywhere_is_truncation(value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False)
    for end in range(1, len(raw)):
        assert [f.slug for f in document(raw[:end]).findings] == ["args-truncated"]


@settings(max_examples=100, deadline=None)
@given(
    raw=st.text(alphabet="{}[]\"':,\\ntrue0123-eE.`jso<|>/* \n", max_size=60)
    | st.text(max_size=40),
    expected=arguments,
    schema=schemas,
    stream=st.booleans(),
)
def test_arbitrary_text_never_raises(raw: str, expected: Any, schema: Any, stream: bool) -> None:
    judged(raw, expected=expected, schema=schema, stream=stream)
    judged(raw, schema=schema)


@settings(max_examples=100, deadline=None)
@given(value=arguments, data=st.data())
def test_damaged_json_never_raises_and_is_never_silent(value: Any, data: st.DataObject) -> None:
    raw = json.dumps(value)
    at = data.draw(st.integers(0, len(raw)))
    width = data.draw(st.integers(0, 3))
    damaged = raw[:at] + data.draw(st.text('{}[]":,\\ x1', max_size=3)) + raw[at + width :]
    found = judged(damaged, expected=value)
    try:
        loaded = parse(damaged)
    except ValueError:
        assert found
        return
    if loaded.issues or not same(loaded.value, value):
        assert found


json_schemas = st.recursive(
    st.sampled_from(
        [
            True,
            {},
            {"type": "string"},
            {"type": "integer"},
            {"type": ["string", "null"]},
            {"enum": ["a", 1, None]},
            {"const": {"a": 1}},
            {"$ref": "#"},
            {"$ref": "#/$defs/X"},
            {"type": "string", "pattern": "^a"},
            {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda s: {"type": "array", "items": s}, inner),
        st.builds(lambda s: {"anyOf": s}, st.lists(inner, max_size=3)),
        st.builds(lambda s: {"oneOf": s}, st.lists(inner, max_size=3)),
        st.builds(lambda s: {"allOf": s}, st.lists(inner, max_size=2)),
        st.builds(
            lambda p, closed: {
                "type": "object",
                "properties": p,
                "required": list(p)[:1],
                "additionalProperties": closed,
            },
            st.dictionaries(texts, inner, max_size=3),
            st.booleans() | inner,
        ),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("known", [False, True])
@settings(max_examples=75, deadline=None)
@given(schema=json_schemas, value=arguments, expected=arguments)
def test_any_schema_is_survived(known: bool, schema: Any, value: Any, expected: Any) -> None:
    root = {"type": "object", "properties": {"": schema, "é😀": schema}, "$defs": {"X": schema}}
    value, expected = {"": value, **value}, {"": expected, **expected}
    if known:
        judged(value, expected=expected, schema=root)
    else:
        judged(value, schema=root)
