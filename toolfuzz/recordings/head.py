"""A file of recordings, opened, and its beginning, by which its kind is known."""

import io
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, cast

from toolfuzz.core.case import Json
from toolfuzz.core.errors import UsageError
from toolfuzz.system.packed import PACKED, unpacked

__all__ = ["STDIN", "Head", "opened"]

STDIN = Path("-")
_LENGTH = 1 << 18
_ARCHIVE = b"PK"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file: its bytes, as text, and the JSON value of its first line.

    ``first`` is None where the line is no JSON or longer than what is looked at.
    """

    raw: bytes
    text: str
    first: Json

    @property
    def is_archive(self) -> bool:
        """Whether it is a ZIP file."""
        return self.raw.startswith(_ARCHIVE)

    @property
    def is_spread(self) -> bool:
        """Whether its JSON objects don't end where its lines do."""
        if self.first is not None or not self.text.startswith("{"):
            return False
        first, *more = (line for line in self.text.splitlines() if line.strip())
        return _goes_on(first) or (bool(more) and _parsed(more[0]) is None)


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, Head]]:
    """Open a file, standard input for ``-``, behind its byte order mark; raises UsageError."""
    with ExitStack() as stack:
        try:
            raw = sys.stdin.buffer if path == STDIN else stack.enter_context(path.open("rb"))
            begun = _beginning(raw)
            file = _from_the_beginning(begun, raw, stack)
            if begun.startswith(PACKED):
                raw = unpacked(file, begun)
                begun = _beginning(raw)
                file = _from_the_beginning(begun, raw, stack)
        except OSError as error:
            raise UsageError(
                f"can't read {path}: {error.strerror or error}",
                "`toolfuzz judge --help` names the files that can be read",
            ) from None
        yield file, _head(begun)


def _beginning(file: BinaryIO) -> bytes:
    """Read as much as tells what it is: a pipe gives what was written so far, a line or two."""
    source, begun = cast("io.BufferedIOBase", file), b""
    while len(begun) < _LENGTH and not _tells(begun):
        more = source.read1(_LENGTH - len(begun))
        if not more:
            break
        begun += more
    return begun


def _tells(begun: bytes) -> bool:
    first, ended, rest = begun.lstrip().partition(b"\n")
    return bool(ended) and (_parsed(first) is not None or b"\n" in rest.lstrip())


def _parsed(line: str | bytes) -> Json:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _goes_on(line: str) -> bool:
    """Whether something stands behind the JSON value that a line begins with."""
    try:
        return json.JSONDecoder().raw_decode(line)[1] < len(line)
    except (ValueError, RecursionError):
        return False


def _from_the_beginning(begun: bytes, file: BinaryIO, stack: ExitStack) -> BinaryIO:
    if file.seekable():
        file.seek(len(_BOM) if begun.startswith(_BOM) else 0)
        return file
    rejoined = cast("BinaryIO", io.BufferedReader(_Rejoined(begun.removeprefix(_BOM), file)))
    if not begun.startswith(_ARCHIVE):
        return rejoined
    # The index of an archive stands at its end.
    kept = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
    copyfileobj(rejoined, kept)
    kept.seek(0)
    return cast("BinaryIO", kept)


class _Rejoined(io.RawIOBase):
    """A stream of which the beginning has been read already."""

    def __init__(self, begun: bytes, rest: BinaryIO) -> None:
        self._begun = begun
        self._rest = cast("io.BufferedIOBase", rest)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._begun[: len(buffer)] or self._rest.read1(len(buffer))
        self._begun = self._begun[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def _head(raw: bytes) -> Head:
    text = raw.decode("utf-8-sig", "replace").lstrip()
    return Head(raw, text, _parsed(text.partition("\n")[0]))
