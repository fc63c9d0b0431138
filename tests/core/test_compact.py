"""JSON is written as Python would write it, or not at all."""

import json

import pytest

from toolfuzz.core.compact import as_python, ascii_only, compact


@pytest.mark.parametrize(
    "value",
    [0.1, -0.0, 1e15, 123456.789, 2**64, None, True, {"a": [1, "é\u2028"]}, '\U0001f600\x1f"\\'],
    ids=repr,
)
def test_it_is_what_python_writes(value: object) -> None:
    assert as_python(value) == json.dumps(value, separators=(",", ":")).encode()


@pytest.mark.parametrize("value", [1e16, 1e-5, 5e-324, 1e22, "\x7f", "\ud800"], ids=repr)
def test_what_is_spelled_otherwise_is_left_to_python(value: object) -> None:
    assert as_python([value]) is None


def test_only_what_stands_in_strings_is_escaped() -> None:
    written = compact({"größe": "😀"})
    assert written == '{"größe":"😀"}'.encode()
    assert ascii_only(written) == rb'{"gr\u00f6\u00dfe":"\ud83d\ude00"}'
