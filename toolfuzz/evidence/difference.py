"""Two texts as the body of a diff."""

import difflib
from collections.abc import Iterator, Sequence
from itertools import groupby

from toolfuzz.core.text import clip, printable

__all__ = ["MOST_LINES", "difference", "pointed_out"]

MOST_LINES = 80
_AROUND = 32
"""Characters that are kept of what two long lines share, on either side of their difference."""
_MOST = 80


def difference(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return the lines of a diff without its head; a short one is shown whole."""
    whole = len(one) + len(other) <= MOST_LINES
    lines = difflib.unified_diff(one, other, n=MOST_LINES if whole else 3, lineterm="")
    return list(lines)[3 if whole else 2 :]


def pointed_out(lines: Sequence[str]) -> Iterator[str]:
    """Give a diff for people: below two lines that are nearly alike ``?`` and ``^`` point.

    What can't be seen is spelled out first; what long lines share is left out but for some
    characters around the difference, and so are the places of a diff's parts.
    """
    blocks = [(sign, [line[1:] for line in found]) for sign, found in groupby(lines, _sign)]
    at = 0
    while at < len(blocks):
        sign, found = blocks[at]
        other, changed = blocks[at + 1] if at + 1 < len(blocks) else ("", [])
        if (sign, other) == ("-", "+") and len(found) == len(changed):
            for one, two in zip(found, changed, strict=True):
                yield from _pair(printable(one), printable(two))
            at += 2
            continue
        if sign == "@":
            yield from ["…"] if at else []
        else:
            yield from (clip(f"{sign}{line}") for line in found)
        at += 1


def _sign(line: str) -> str:
    return line[:1]


def _pair(one: str, two: str) -> Iterator[str]:
    head, tail = _shared(one, two)
    left, right = one[head : len(one) - tail], two[head : len(two) - tail]
    if 2 * (head + tail) < max(len(one), len(two)):
        yield from (clip(f"-{one}"), clip(f"+{two}"))
        return
    before, after = one[:head], one[len(one) - tail :]
    if head > 2 * _AROUND:
        before = f"…{before[-_AROUND:]}"
    if tail > 2 * _AROUND:
        after = f"{after[:_AROUND]}…"
    left, right = clip(left, _MOST), clip(right, _MOST)
    yield f"-{before}{left}{after}"
    yield f"+{before}{right}{after}"
    yield f"?{' ' * len(before)}{'^' * max(len(left), len(right))}"


def _shared(one: str, two: str) -> tuple[int, int]:
    """Return how many characters two different lines share at their start and at their end."""
    least = min(len(one), len(two))
    head = next((n for n in range(least) if one[n] != two[n]), least)
    rest = least - head
    tail = next((n for n in range(rest) if one[-1 - n] != two[-1 - n]), rest)
    return head, tail
