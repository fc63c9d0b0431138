"""The members of a document, read bit by bit."""

import io
import json
from typing import Any

import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.recordings import documents
from toolfuzz.recordings.documents import members

VALUES = [
    0, -1.5e300, 1e-7, 10**30, True, None, "", 'a"]}\\ü€😀\u2028', [], {}, [[1], 2.5],
    {"log": {"d": [3]}, "item": "]"}, [{"": None}, "x" * 20],
]  # fmt: skip


def read(text: str | bytes, prefix: str = "item", **how: Any) -> list[Any]:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return [value for _, value in members(io.BytesIO(raw), prefix, **how)]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64])
def test_pieces_of_any_size_hold_what_the_whole_does(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_PIECE", piece)
    for how in ({}, {"indent": 1}, {"ensure_ascii": False}):
        spelled = json.dumps(VALUES, **how)
        assert read(spelled) == VALUES
        beside = '{"a": [1, {"b": 2}], "log": {"c": "]", "d": X}, "log2": []}'.replace("X", spelled)
        assert read(beside, "log.d.item") == VALUES
    assert read("\n".join(map(json.dumps, VALUES)), "", several=True) == VALUES


def test_half_of_a_surrogate_pair_and_bytes_that_are_no_text() -> None:
    assert read('["\\ud83d", 1]') == ["\ud83d", 1]
    assert read(b'["\xff", 1]') == ["\udcff", 1]


@pytest.mark.parametrize(
    ("text", "whole", "told"),
    [
        ('[1, "ab', [1], "broken after entry 1: the file ends there"),
        ("[1, 2", [1, 2], "broken after entry 2: the file ends there"),
        ('[{"a": 1}, {"a" 1}, ' + "2, " * 40 + "2]", [{"a": 1}], "broken after entry 1: Expecting"),
        ("[1 2]", [1], "broken after entry 1: no , or ] where one belongs"),
        ("[1, ]", [1], "broken after entry 1: Expecting value"),
        ("[1] [2]", [1], "broken after entry 1: more follows"),
        ("[" + "[" * 100_000, [], "entry 1 is nested too deeply"),
    ],
)
def test_what_stands_before_the_break_is_read(text: str, whole: list[Any], told: str) -> None:
    found = []
    with pytest.raises(UsageError, match=told.replace("]", r"\]")):
        for _, value in members(io.BytesIO(text.encode()), "item"):
            found.append(value)
    assert found == whole


def test_a_value_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LONGEST", 1 << 21)
    with pytest.raises(UsageError, match="a value of more than 2 MiB"):
        read('["' + "x" * (1 << 23))
