"""Expected beside got: two JSON values line by line, with the difference marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from markupsafe import Markup

from toolfuzz.core import json as strictjson
from toolfuzz.report.html.inert import clipped, marked

__all__ = ["Line", "aligned"]

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of both texts; ``None`` where one side has nothing. ``same``: they agree."""

    expected: Markup | None
    got: Markup | None
    same: bool


def aligned(expected: Any, got: Any, most: int) -> tuple[list[Line], bool]:
    """Return at most so many lines, and whether that left some out.

    Objects are compared key by key, arrays place by place, each value once. What JSON spells
    differently (``1`` and ``1.0``) is a difference here.
    """
    try:
        lines = list(islice(_lines(expected, got, "", ""), most + 1))
    except RecursionError:
        lines = [_leaf(strictjson.dumps({}), "nested too deeply to be shown", "")]
    return lines[:most], len(lines) > most


def _lines(expected: Any, got: Any, indent: str, name: str) -> Iterator[Line]:
    if isinstance(expected, dict) and isinstance(got, dict) and (expected or got):
        keys = [*expected, *(key for key in got if key not in expected)]
        yield _both(f"{indent}{name}{{")
        for key in keys:
            pair = expected.get(key, _ABSENT), got.get(key, _ABSENT)
            yield from _lines(*pair, f"{indent}  ", f"{clipped(strictjson.dumps(key))}: ")
        yield _both(f"{indent}}}")
    elif isinstance(expected, list) and isinstance(got, list) and (expected or got):
        yield _both(f"{indent}{name}[")
        for pair in zip_longest(expected, got, fillvalue=_ABSENT):
            yield from _lines(*pair, f"{indent}  ", "")
        yield _both(f"{indent}]")
    else:
        yield _leaf(_written(expected), _written(got), indent + name)


def _both(text: str) -> Line:
    line = marked(text)
    return Line(line, line, True)


def _leaf(expected: str | None, got: str | None, before: str) -> Line:
    start = marked(before)
    if expected is None or got is None:
        left, right = (None if text is None else _tagged(text) for text in (expected, got))
        return Line(_after(start, left, "del"), _after(start, right, "ins"), False)
    if expected == got:
        line = start + _tagged(expected)
        return Line(line, line, True)
    head, tail = _common(expected, got)
    return Line(
        start + _tagged(expected, head, tail, "del"),
        start + _tagged(got, head, tail, "ins"),
        False,
    )


def _after(start: Markup, text: Markup | None, tag: str) -> Markup | None:
    return None if text is None else Markup(f"<{tag}>%s</{tag}>") % (start + text)


def _common(a: str, b: str) -> tuple[int, int]:
    """Return how many characters two different texts share at the start and at the end."""
    least = min(len(a), len(b))
    head = next((n for n in range(least) if a[n] != b[n]), least)
    rest = least - head
    tail = next((n for n in range(rest) if a[-1 - n] != b[-1 - n]), rest)
    return head, tail


def _tagged(text: str, head: int = 0, tail: int = 0, tag: str = "") -> Markup:
    if not tag:
        return marked(clipped(text))
    middle = text[head : len(text) - tail]
    shown = Markup(f"<{tag}>%s</{tag}>") % marked(clipped(middle)) if middle else Markup()
    return marked(clipped(text[:head])) + shown + marked(clipped(text[len(text) - tail :]))


def _written(value: Any) -> str | None:
    return None if value is _ABSENT else strictjson.dumps(value)
