"""Files with one JSON value a line."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from toolfuzz.core.case import Json
from toolfuzz.core.errors import UsageError
from toolfuzz.system.lines import bounded

__all__ = ["json_lines", "json_value"]


def json_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that aren't blank, each with its number from 1."""
    for number, line in enumerate(bounded(file, "it"), 1):
        if line.strip():
            yield number, line


def json_value(line: bytes) -> Json:
    """Return the value of a line; raises UsageError.

    Bytes that are not UTF-8 come as lone surrogates.
    """
    try:
        return json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON: {error}") from None
