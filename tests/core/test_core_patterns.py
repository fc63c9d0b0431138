"""Patterns are matched in bounded time, and as Python's ``re`` would where that is safe."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core import patterns
from toolfuzz.core.validation import errors, fits


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^a+$", "aaa", True),
        ("^a+$", "aab", False),
        (r"^\d+$", "٣", True),  # as in Python's re, not as in RE2
        (r"^\w+$", "é", True),
        (r"^(?=a)ab$", "ab", True),
        (r"^(?!a)", "ab", False),
        (r"(a)\1", "aa", True),
        (r"^\p{L}+$", "é", True),  # ECMA-262; Python's re can't read it
        (r"^\u0041$", "A", True),
        ("^a{1500}$", "a" * 1500, True),  # beyond RE2's limit
        ("(", "(", None),
        ("[z-a]", "a", None),
        ("a" * 30_000, "a", None),
    ],
)
def test_search(pattern: str, text: str, found: bool | None) -> None:
    assert patterns.search(pattern, text) is found
    assert patterns.readable(pattern) is (found is not None)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\S+@\S+\.\S+", "@" * 4096),
        (r"\S+@\S+\.\S+", "@" * 100_000),
        ("^((a)+)+$", "a" * 41 + "!"),
        ("(a*)*b", "a" * 5000),
        (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 3000),
        (r"(?=(a+)+$)b|(a+)+$", "a" * 60 + "!"),  # a lookahead: not for RE2
        (r"^(é+)+$", "é" * 60 + "!"),  # not ASCII: not for RE2
        (r"(.*)(.*)(.*)(.*)(.*)(.*)\1x", "y" * 3000),
    ],
)
def test_no_text_keeps_a_search_busy(pattern: str, text: str) -> None:
    began = time.process_time()
    assert patterns.search(pattern, text) in (False, None)
    schema = {"type": "string", "pattern": pattern}
    fits(schema, text)
    by_key = {"patternProperties": {pattern: {"type": "string"}}, "additionalProperties": False}
    errors({**by_key, "unevaluatedProperties": False}, {text: 1})
    # Processor time: a busy machine doesn't count. Unbounded ones take hours.
    assert time.process_time() - began < 10


_ATOMS = st.sampled_from(["a", "b", "[ab]", ".", "a?", "b*", "(ab|c)", "(a|b)+", "c{1,2}", r"\."])


@given(
    st.lists(_ATOMS, max_size=4).map("".join),
    st.sampled_from(["", "^"]),
    st.sampled_from(["", "$", r"\Z"]),
    st.text("abc.\n", max_size=8),
)
def test_the_answer_is_that_of_re(middle: str, start: str, end: str, text: str) -> None:
    pattern = start + middle + end
    # RE2 spells the end of the text \z, so that one is for the second engine.
    assert patterns.search(pattern, text) is (re.search(pattern, text) is not None)


def test_a_pattern_that_cannot_be_tried_blames_nobody() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}}
    assert fits(schema, {"a": "x"})
    assert not fits(schema, {"a": 1})


def test_a_pattern_that_takes_too_long_is_tried_once() -> None:
    slow, lookahead = "^(?!b)(a|aa)+$", "^(?=a)"
    schema = {"items": {"pattern": slow, "type": "string"}}
    began = time.process_time()
    with patterns.untried() as missed:
        assert fits(schema, [f"{'a' * 80}{n}" for n in range(1000)])
        assert patterns.search(lookahead, "a")
        assert patterns.search("(", "a") is None
        assert patterns.search(slow, "a") is None
    assert list(missed) == [slow, "("]
    assert patterns.search(slow, "a") is True
    assert time.process_time() - began < 5
