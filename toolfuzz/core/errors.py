"""Errors that a person can act on.

``ToolfuzzError`` and its children are shown as one line plus a next step, never as a traceback.
"""

import difflib
from collections.abc import Iterable
from typing import ClassVar

__all__ = ["EndpointError", "ToolfuzzError", "UsageError", "did_you_mean"]

EXIT_PASSED = 0
EXIT_GATE_FAILED = 1
EXIT_USAGE = 2
EXIT_INCONCLUSIVE = 3
EXIT_INVALID_RUN = 4
EXIT_BROKEN = 70
EXIT_DISK = 74
EXIT_INTERRUPTED = 130


class ToolfuzzError(Exception):
    """Something that stops a command; ``hint`` says what to do next."""

    exit_code: ClassVar[int] = EXIT_USAGE

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ToolfuzzError):
    """The command, a file or the configuration is wrong (exit code 2)."""


class EndpointError(ToolfuzzError):
    """The endpoint can't be used, so nothing could be measured (exit code 4)."""

    exit_code = EXIT_INVALID_RUN


def did_you_mean(word: str, known: Iterable[str], *, most: int = 3) -> str | None:
    """Return ``"did you mean a, b?"`` for the nearest known names, or None when none is near."""
    near = difflib.get_close_matches(word, list(known), n=most, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else None
