"""Excerpts of two values that begin alike show where they differ."""

import pytest

from toolfuzz.core.text import brief, brief_apart, from_difference

LONG = "x" * 500


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([f"f {LONG} 1"], [f"f {LONG} 2"]),
        (LONG, LONG + "y"),
        ({"a": LONG, "b": 1}, {"a": LONG, "b": 2, "c": 3}),
        ("short", "shorter"),
        (1, None),
    ],
)
def test_what_differs_is_seen(one: object, other: object) -> None:
    first, second = brief_apart(one, other)
    assert first != second
    assert max(len(first), len(second)) <= 72


def test_what_is_short_or_differs_early_is_shown_from_its_beginning() -> None:
    assert brief_apart("ab", "ac") == ('"ab"', '"ac"')
    assert brief_apart("a" + LONG, "b" + LONG) == (brief("a" + LONG), brief("b" + LONG))
    assert brief_apart(LONG, LONG) != ("", "")


def test_a_text_is_cut_before_the_difference() -> None:
    assert from_difference("0123456789abc", "0123456789xyz", 12) == ("…789abc", "…789xyz")
    assert from_difference("0123", "0129", 12) == ("0123", "0129")
