import copy
import json
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.json import Duplicates, Float, JsonError, dumps, loads, parse
from toolfuzz.core.json_prefix import is_prefix

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_what_was_written_is_read(value: object) -> None:
    assert loads(json.dumps(value)) == value
    assert loads(dumps(value)) == value


@pytest.mark.parametrize(
    "text", ["1.0", "1e2", "1E+2", "-0", "-0.0", "9007199254740993", "0.10", '{"a":1,"a":2}']
)
def test_spelling_survives(text: str) -> None:
    assert dumps(parse(text).value) == text


@pytest.mark.parametrize("text", ["1" * 4001, "-" + "1" * 4300])
def test_numbers_are_as_long_as_python_takes_them(text: str) -> None:
    assert dumps(parse(text).value) == text


@pytest.mark.parametrize("text", ['{"a": 1.', '{"a": 1e', '{"a": 1.5e', "[-", "[0.5E+", "12"])
def test_a_number_may_stop_anywhere(text: str) -> None:
    assert is_prefix(text)


def test_number_tokens() -> None:
    value = loads("[1.0, 1e2, 9007199254740993, -0]")
    assert [type(v) for v in value] == [Float, Float, int, Float]
    assert [getattr(v, "token", None) for v in value] == ["1.0", "1e2", None, "-0"]


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ('{"a": 1, "b": {"a": 1}}', []),
        ('{"q": "a", "q": "b"}', [("duplicate-key", "q")]),
        ('{"x": {"q": 1, "q": 1, "q": 1}}', [("duplicate-key", "q")] * 2),
        (
            "[NaN, Infinity, -Infinity]",
            [("nonfinite", t) for t in ("NaN", "Infinity", "-Infinity")],
        ),
        ("1e999", [("nonfinite", "1e999")]),
        (r'"\ud83d"', [("lone-surrogate", "\\ud83d")]),
        (r'{"\udc00": 1}', [("lone-surrogate", "\\udc00")]),
        (r'"\ud83d\ude00"', []),
        (r'"\\ud83d"', []),
    ],
)
def test_odd_things_are_named(text: str, issues: list[tuple[str, str]]) -> None:
    assert [(i.kind, i.detail) for i in parse(text).issues] == issues
    if issues:
        with pytest.raises(JsonError):
            loads(text)


@pytest.mark.parametrize("text", ["[1.50, 1e2, -0]", '{"a": 1e999}', '{"a":1,"a":2}'])
def test_spelling_survives_copies(text: str) -> None:
    value = parse(text).value
    assert dumps(pickle.loads(pickle.dumps(value))) == dumps(value)
    assert dumps(copy.deepcopy(value)) == dumps(value)


def test_both_pairs_of_a_duplicate_are_kept() -> None:
    value = parse('{"q": "a", "q": "b"}').value
    assert isinstance(value, Duplicates)
    assert value == {"q": "b"}
    assert value.pairs == [("q", "a"), ("q", "b")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1} x', "trailing"),
        ("{}{}", "trailing"),
        ("[" * 100_000, "too-deep"),
        ("1" * 4301, "number-too-long"),
        ("", "Expecting value"),
        ("{'a': 1}", "Expecting property name"),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    with pytest.raises(JsonError, match=reason):
        parse(text)


@given(JSON.filter(lambda v: isinstance(v, dict | list)), st.sampled_from([None, 2]), st.booleans())
def test_every_cut_is_a_prefix_and_the_whole_is_not(
    value: object, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert not is_prefix(text)
    assert all(is_prefix(text[:k]) for k in range(len(text)))


@pytest.mark.parametrize(
    "text",
    ['{"a":}', "{a", "[1,]", '{"a":1,}', "{'a'", '{"a":tru}', '{"a":01', "{} x", r'{"a":"\x',
     '{"a" 1', "[1 2", "}", "nul!", '{"a":"\n', "[}", "[-]", "[1.]",
     '{"a": 1.e', "1.e+", "[-e"],
)  # fmt: skip
def test_malformed_is_not_a_prefix(text: str) -> None:
    assert not is_prefix(text)


def test_a_long_string_takes_no_longer_than_it_must() -> None:
    assert is_prefix('{"a": "' + "x" * 5_000_000)
    assert math.isinf(parse("1e400").value)
