"""The part of a reply's bytes that matters, with the place marked."""

import json
from collections.abc import Iterator
from typing import Any

from toolfuzz.core.jsonvalue import tokens_of
from toolfuzz.core.verdict import Finding

__all__ = ["MARKS", "excerpt", "place_of"]

MARKS = ("⟪", "⟫")
"""Set around the place; they are not in the bytes."""

_AROUND = 500
_MOST_MARKED = 300


def excerpt(body: str, finding: Finding) -> str:
    """Return at most about 1,300 characters of a body around what the finding blames.

    What is left out is counted: ``… 1,204 characters left out …``.
    """
    start, end = place_of(body, finding)
    shown_end = min(end, start + _MOST_MARKED)
    first, last = max(0, start - _AROUND), min(len(body), end + _AROUND)
    before = body[first:start]
    inside = body[start:shown_end] + _left_out(end - shown_end)
    marked = f"{MARKS[0]}{inside}{MARKS[1]}" if end > start else ""
    return f"{_left_out(first)}{before}{marked}{body[end:last]}{_left_out(len(body) - last)}"


def place_of(body: str, finding: Finding) -> tuple[int, int]:
    """Return where the blamed value, its key or else the tool call stands (begin, end)."""
    for text in _spellings(finding):
        at = body.find(text)
        if at >= 0:
            return at, at + len(text)
    return 0, 0


def _spellings(finding: Finding) -> Iterator[str]:
    """The value as it may stand in the bytes: within a JSON string, or bare; then its key."""
    key = next(reversed(tokens_of(finding.pointer)), "")
    quoted_key = json.dumps(key)
    for value in _values(finding.actual):
        for glue in (": ", ":"):
            if finding.pointer:
                yield _inside(quoted_key + glue + value)
                yield quoted_key + glue + value
        if len(value) > 2:
            yield _inside(value)
            yield value
    if finding.pointer and not key.isdigit():
        yield _inside(quoted_key)
        yield quoted_key
    yield '"tool_calls"'
    yield '"tool_use"'
    yield '"function_call"'


def _values(value: Any) -> Iterator[str]:
    if value is None:
        return
    for ascii_only in (False, True):
        for separators in ((", ", ": "), (",", ":")):
            yield json.dumps(value, ensure_ascii=ascii_only, separators=separators, default=str)


def _inside(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _left_out(count: int) -> str:
    return f"… {count:,} characters left out …" if count > 0 else ""
