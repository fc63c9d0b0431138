"""Matching a schema's ``pattern`` in bounded time, whatever pattern and text a stranger sends.

Python's ``re`` backtracks and knows no time limit: ``\\S+@\\S+\\.\\S+`` takes minutes for 4,096
at signs, and no signal or timeout ends it. RE2 (https://github.com/google/re2) is linear in the
text; it lacks lookarounds and back references, its classes (``\\d``, ``\\w``) are those of ASCII,
and its ``$`` is not found before a last line break. What it can't decide goes to ``regex``, which
backtracks with a deadline.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

__all__ = ["MOST_PATTERN", "MOST_SECONDS", "readable", "search", "untried"]

MOST_SECONDS = 0.25
"""A search that ``regex`` has not finished by then is given up."""

MOST_PATTERN = 20_000
"""A pattern of more characters is not tried."""
_CACHED = 1024

_missed: ContextVar[dict[str, None] | None] = ContextVar("_missed", default=None)


def search(pattern: str, text: str) -> bool | None:
    """Say whether the pattern is found in the text; None when that could not be tried.

    Not tried: a pattern that nothing here can read (see ``readable``), and a search that took
    longer than MOST_SECONDS. Where both can decide, the answer is that of Python's ``re``.
    """
    plain = text.isascii() and not text.endswith("\n")
    if plain and (linear := _linear(pattern)) is not None:
        return linear.search(text) is not None
    missed = _missed.get()
    if missed is None:
        return _tried(pattern, text)
    answer = None if pattern in missed else _tried(pattern, text)
    if answer is None:
        missed[pattern] = None
    return answer


@contextmanager
def untried() -> Iterator[dict[str, None]]:
    """Collect, as keys, the patterns that can't be tried on some text while the context lasts.

    One that took too long once does not get its MOST_SECONDS again: an array may hold a thousand
    such texts.
    """
    missed: dict[str, None] = {}
    token = _missed.set(missed)
    try:
        yield missed
    finally:
        _missed.reset(token)


def _tried(pattern: str, text: str) -> bool | None:
    backtracking = _backtracking(pattern)
    if backtracking is None:
        return None
    try:
        return backtracking.search(text, timeout=MOST_SECONDS) is not None
    except (TimeoutError, MemoryError):
        return None


def readable(pattern: str) -> bool:
    """Whether the pattern is a regular expression that can be tried at all."""
    return _backtracking(pattern) is not None or _linear(pattern) is not None


@lru_cache(maxsize=_CACHED)
def _linear(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options) if len(pattern) <= MOST_PATTERN else None
    except (re2.error, UnicodeEncodeError):
        return None


@lru_cache(maxsize=_CACHED)
def _backtracking(pattern: str) -> Any:
    import regex

    try:
        return regex.compile(pattern) if len(pattern) <= MOST_PATTERN else None
    except (regex.error, OverflowError, RecursionError, MemoryError, ValueError):
        return None
