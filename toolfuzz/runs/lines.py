"""The lines of a file of exchanges; a file that is something else is said to be so, once."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from toolfuzz.core.case import Json
from toolfuzz.core.errors import UsageError

__all__ = ["LONGEST", "STDIN", "bounded", "lines_of"]

STDIN = Path("-")
LONGEST = 256 * 2**20
"""Bytes of a line: the largest reply that is kept, with every byte of it escaped, is half of it."""
_MOST_CHARACTERS = 64_000_000
_OF_A_HAR = (
    "jq -c '.log.entries[] | {request: (.request.postData.text | fromjson), "
    "response: {status: .response.status, body: .response.content.text}}' FILE"
)


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a file, of standard input for ``-``; raises UsageError.

    Bytes that are not UTF-8 spoil their own line, not the file.
    """
    try:
        with nullcontext(sys.stdin.buffer) if path == STDIN else path.open("rb") as file:
            lines = (raw.decode("utf-8", "surrogateescape") for raw in bounded(file, path))
            for line in lines:
                if line.strip():
                    yield from _begun(path, line, lines)
                else:
                    yield line
    except OSError as error:
        raise UsageError(
            f"can't read {path}: {error.strerror or error}", "give a .jsonl file of exchanges"
        ) from None


def bounded(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield the lines of a file; raises UsageError for one that has no end."""
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise UsageError(f"{path}: a line of more than {LONGEST >> 20} MiB", "one value a line")
        yield line


def _begun(path: Path, first: str, rest: Iterator[str]) -> Iterator[str]:
    """Yield all lines from the first that isn't blank, unless they are one document."""
    kept = [first]
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        if first.lstrip()[:1] in "{[":
            size = 0
            for line in rest:
                kept.append(line)
                size += len(line)
                if size > _MOST_CHARACTERS:
                    break
            _refuse(path, _document(kept), over_lines=True)
    else:
        _refuse(path, value, over_lines=False)
    yield from kept
    yield from rest


def _document(lines: list[str]) -> Json:
    """Return the JSON value that begins in the first line and ends in another; None for none."""
    try:
        return json.JSONDecoder().raw_decode("".join(lines).lstrip())[0]
    except (ValueError, RecursionError):
        return None


def _refuse(path: Path, value: Json, *, over_lines: bool) -> None:
    match value:
        case {"log": {"entries": list()}}:
            raise UsageError(f"{path} is a HAR file, not one exchange a line", _OF_A_HAR)
        case list():
            raise UsageError(f"{path} is a JSON array, not one exchange a line", "jq -c '.[]' FILE")
        case dict() if over_lines:
            raise UsageError(
                f"{path} has an object over several lines, not one exchange a line", "jq -c . FILE"
            )
