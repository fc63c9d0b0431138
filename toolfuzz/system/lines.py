"""The lines of a file that somebody else may have written."""

from collections.abc import Iterator
from typing import BinaryIO

from toolfuzz.core.errors import UsageError

__all__ = ["LONGEST", "bounded"]

LONGEST = 256 * 2**20
"""Bytes of a line: the largest reply that is kept, with every byte of it escaped, is half of it."""


def bounded(file: BinaryIO, name: object) -> Iterator[bytes]:
    """Yield the lines of a file; raises UsageError for one that has no end."""
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise UsageError(f"{name}: a line of more than {LONGEST >> 20} MiB", "one value a line")
        yield line
