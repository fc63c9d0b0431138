"""Markup that a parser left at an edge, and texts that end in markup of their own."""

import time

import pytest

from toolfuzz.judge.residue import edge_of, left_at_edge, residue


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("Oslo</city>", "</city>"),
        ("Oslo</parameter>", "</parameter>"),
        ("two\nlines</arg_value>", "</arg_value>"),
        ("two\nlines\n</parameter>\n</invoke>\n", "</parameter>"),
        ("Oslo<|tool_call_end|>", "<|tool_call_end|>"),
        ("Oslo</｜DSML｜parameter>", "</｜DSML｜parameter>"),
        ("Oslo[/TOOL_CALLS]", "[/TOOL_CALLS]"),
        ("<parameter=city>\nOslo", "<parameter=city>"),
        ('<|"|>Oslo<|"|>', '<|"|>'),
        ("</think>\n\nOslo", "</think>"),
        ("Oslo", None),
        ("Oslo</b>", None),
        ("<city>Oslo</city>", None),
        ("two\nlines</parameter>", None),
        ("  <a>\n  </a>", None),
        ("It ends with </tool_call>", None),
        ("STOP=<|im_end|>", None),
        ("`</arg_value>`", None),
        ("</arg_value>", None),
        ("<parameter=other>\nOslo", None),
        ("<think>a</think> Oslo", None),
        ("x" * 20_000 + "</arg_value>", None),
    ],
)
def test_at_the_edge_of_a_text_that_nobody_knows(text: str, markup: str | None) -> None:
    assert left_at_edge("city", text) == markup


@pytest.mark.parametrize(
    ("came", "markup"),
    [
        ("Oslo</x>", "</x>"),
        ("<parameter=a>Oslo\n</parameter>", "<parameter=a>\n</parameter>"),
        ("Oslo</par", "</par"),
        ("Oslo", None),
        ("Oslo!", None),
        ("Oslo</x>!", None),
        ("Bergen</x>", None),
    ],
)
def test_around_the_right_text(came: str, markup: str | None) -> None:
    assert edge_of("Oslo", came) == markup


@pytest.mark.parametrize(
    ("rest", "tag"),
    [("\n</tool_call>", "</tool_call>"), ("}</s>", "</s>"), (" done</s>", None), ("", None)],
)
def test_behind_an_object(rest: str, tag: str | None) -> None:
    assert residue(rest) == tag


def test_tags_without_end_take_no_longer_than_they_are() -> None:
    began = time.process_time()
    for tag in ("</tool_call>", "</think>", "<parameter=a>"):
        assert edge_of("Oslo", "Oslo" + tag * 10_000 + "!") is None
    assert time.process_time() - began < 2
