import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core import json as strictjson
from toolfuzz.report.html.aligned import aligned

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab<&\"' é", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


def bare(text: str) -> str:
    return re.sub("<[^>]*>", "", text)


def view(expected: Any, got: Any) -> list[tuple[str | None, str | None, bool]]:
    lines, more = aligned(expected, got, 50)
    assert not more
    return [(line.expected, line.got, line.same) for line in lines]


def test_a_changed_value_is_marked_where_it_differs() -> None:
    assert view({"a": "left", "b": 1}, {"a": "lest", "b": 1}) == [
        ("{", "{", True),
        (
            "  &#34;a&#34;: &#34;le<del>f</del>t&#34;",
            "  &#34;a&#34;: &#34;le<ins>s</ins>t&#34;",
            False,
        ),
        ("  &#34;b&#34;: 1", "  &#34;b&#34;: 1", True),
        ("}", "}", True),
    ]


@pytest.mark.parametrize(
    ("expected", "got", "left", "right"),
    [
        ({"a": 1}, {}, "<del>  &#34;a&#34;: 1</del>", None),
        ({}, {"a": 1}, None, "<ins>  &#34;a&#34;: 1</ins>"),
        ([1], [], "<del>  1</del>", None),
        ([1], [strictjson.Float("1.0")], "  1", "  1<ins>.0</ins>"),
        ([{"a": 1}], ["x"], "  <del>{&#34;a&#34;:1}</del>", "  <ins>&#34;x&#34;</ins>"),
    ],
)
def test_what_is_missing_more_or_other(
    expected: Any, got: Any, left: str | None, right: str | None
) -> None:
    assert view(expected, got)[1] == (left, right, False)


@given(JSON)
def test_equal_values_agree_on_every_line(value: Any) -> None:
    lines, _ = aligned(value, value, 10_000)
    assert all(line.same and line.expected == line.got for line in lines)


@given(JSON, JSON)
def test_values_differ_exactly_where_lines_do(a: Any, b: Any) -> None:
    lines, _ = aligned(a, b, 10_000)
    ordered = [strictjson.dumps(v) for v in (_sorted(a), _sorted(b))]
    assert all(line.same for line in lines) == (ordered[0] == ordered[1])


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def test_lines_and_long_texts_are_bounded() -> None:
    lines, more = aligned(list(range(500)), [], 20)
    assert len(lines) == 20 and more
    [line], _ = aligned("a" * 100_000, "b", 20)
    assert len(line.expected or "") < 3000 and "characters more" in (line.expected or "")


def test_nesting_beyond_measure_is_said() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    assert "nested too deeply" in bare(aligned(deep, deep, 10_000)[0][0].got or "")
