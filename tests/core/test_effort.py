import time

import pytest

from toolfuzz.core import effort
from toolfuzz.core.effort import MOST_VALUES, MOST_WIDE, TooMuchError, bounded, check, weigh

MANY = MOST_VALUES + 1


@pytest.mark.parametrize(
    "text",
    [
        "[" + "1," * MANY + "1]",
        "[" + "[]," * MANY + "[]]",
        "{}" * MANY,
        '"a" ' * MANY,
        '"' * (2 * MANY),
        '{"a":"b",' * MANY,
    ],
    ids=["numbers", "arrays", "objects", "strings", "quotes", "members"],
)
def test_too_many_values_are_refused(text: str) -> None:
    with pytest.raises(TooMuchError, match="TooManyValues: more than 100,000 in one JSON text"):
        weigh(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" + "1," * (MOST_VALUES - 1) + "1]",
        '{"a":"' + ",[{" * MANY + '"}',
        '{"a":"' + r"\",[{" * MANY + '"}',
        '{"a":"' + ",[{" * MANY,
        "[" * (3 * MANY),
        "9" * (3 * MANY),
        " " * (3 * MANY),
    ],
    ids=["enough", "in-a-string", "escaped", "in-a-string-cut-off", "deep", "digits", "blanks"],
)
def test_what_stands_in_a_string_is_no_value(text: str) -> None:
    weigh(text)


def test_it_is_linear() -> None:
    began = time.process_time()
    weigh(r"\"" * 2_000_000)
    weigh("x" * 4_000_000)
    assert time.process_time() - began < 5


def test_the_clock_runs_only_while_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    with bounded():
        check()
    monkeypatch.setattr(effort, "MOST_SECONDS", 0.0)
    with pytest.raises(TooMuchError, match="TooSlow"), bounded():
        check()
    check()


@pytest.mark.parametrize("wide", ["\N{SEEDLING}", r"\ud83c\udf31"], ids=["emoji", "escaped"])
def test_a_long_text_of_four_bytes_a_character_is_refused(wide: str) -> None:
    most = MOST_WIDE // 4
    weigh(wide + "x" * (most - len(wide)))
    with pytest.raises(TooMuchError, match=r"TooWide: 8,388,609 characters of four bytes each"):
        weigh(wide + "x" * (most - len(wide) + 1))


@pytest.mark.parametrize("narrow", ["x", "\xe9", "\N{CJK UNIFIED IDEOGRAPH-4E2D}", r"\u4e2d"])
def test_a_long_text_of_one_or_two_bytes_a_character_is_read(narrow: str) -> None:
    weigh(narrow + "x" * (MOST_WIDE // 4))
