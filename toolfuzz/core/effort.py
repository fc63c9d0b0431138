"""How much work one reply may make: what takes more is given up, and said.

Judging takes time and memory in proportion to a reply, but a value costs up to a hundred times the
two characters that spell it.
"""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice

from toolfuzz.core.sizes import MAX_REPLY

__all__ = [
    "MOST_PARTS",
    "MOST_SECONDS",
    "MOST_VALUES",
    "MOST_WIDE",
    "TooMuchError",
    "bounded",
    "check",
    "count_part",
    "measure",
    "weigh",
]

MOST_SECONDS = 30.0
"""Processor time for reading one reply, and as much again for judging it."""
MOST_VALUES = 100_000
"""Strings, objects and commas in one JSON text. (Arrays alone can only nest, and not deep.)"""
MOST_WIDE = 2 * MAX_REPLY
"""Bytes of a text of four bytes a character."""
MOST_PARTS = 10_000
"""Calls, content blocks or output items of one reply."""

_PAIR = re.compile(r"\\u[dD][89abAB]")
_MARKS = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[{,]', re.DOTALL)
_deadline: ContextVar[tuple[float, float] | None] = ContextVar("_deadline", default=None)


class TooMuchError(Exception):
    """A reply makes more work than it may; says which bound it met."""


@contextmanager
def bounded() -> Iterator[None]:
    """Let ``check`` raise TooMuchError once this thread has worked for MOST_SECONDS."""
    token = _deadline.set((time.monotonic() + MOST_SECONDS, time.thread_time() + MOST_SECONDS))
    try:
        yield
    finally:
        _deadline.reset(token)


def check() -> None:
    """Raise TooMuchError when the time is over."""
    if (deadline := _deadline.get()) is None:
        return
    # A thread works no longer than time passes, which can be asked for without a system call.
    if time.monotonic() > deadline[0] and time.thread_time() > deadline[1]:
        raise TooMuchError(f"TooSlow: more than {MOST_SECONDS:g} s of processor time")


def count_part(number: int) -> None:
    """Raise TooMuchError when there are more than MOST_PARTS."""
    if number > MOST_PARTS:
        raise TooMuchError(f"TooManyParts: more than {MOST_PARTS:,} calls or blocks in one reply")


def measure(text: str) -> None:
    """Raise TooMuchError for a long text that is held, or is once it is read, in MOST_WIDE bytes.

    One emoji makes Python hold every character in four bytes. Characters of one or two are bounded
    by the limit of their reply.
    """
    if len(text) > MOST_WIDE // 4 and (sys.getsizeof(text) > 3 * len(text) or _PAIR.search(text)):
        raise TooMuchError(
            f"TooWide: {len(text):,} characters of four bytes each, as one of them needs them"
        )


def weigh(text: str) -> None:
    """Raise TooMuchError when what may be JSON holds more than MOST_VALUES, or is too wide.

    Costs nothing for texts that are too short for that.
    """
    if len(text) <= MOST_VALUES:
        return
    measure(text)
    if next(islice(_MARKS.finditer(text), MOST_VALUES, None), None) is not None:
        raise TooMuchError(f"TooManyValues: more than {MOST_VALUES:,} in one JSON text")
