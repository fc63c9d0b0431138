"""A journal read back: whole as events, as the run that statistics need, or line by line again."""

import json
import tempfile
import weakref
from collections.abc import Iterator
from functools import cached_property
from io import SEEK_END
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, cast

from toolfuzz.analyze.ledger import Ledger
from toolfuzz.analyze.load import RunData, run_of
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import Event, event_from_json
from toolfuzz.core.glance import Glance, glance_at, known
from toolfuzz.runs import glances
from toolfuzz.runs.index import keep, kept, place_of
from toolfuzz.runs.journal import find_journal
from toolfuzz.system.lines import bounded
from toolfuzz.system.packed import PACKED, unpacked

__all__ = ["Following", "Lines", "load_run", "open_journal", "read_journal", "take_in"]

_BUFFER = 2**20
_MADE = "`toolfuzz judge FILE --out DIR` makes a run of recorded exchanges"
_UNREADABLE = (ValueError, UsageError, RecursionError, OverflowError)


def open_journal(path: Path) -> BinaryIO:
    """Open a journal to be read from any place on: a packed one as a file that is gone with it."""
    plain = _open(path)
    if plain.seekable():
        return plain
    whole = tempfile.TemporaryFile()  # noqa: SIM115
    with plain:
        copyfileobj(plain, whole)
    whole.seek(0)
    return cast("BinaryIO", whole)


def _open(path: Path) -> BinaryIO:
    """Open a journal to be read from its beginning."""
    file = path.open("rb", buffering=_BUFFER)
    try:
        begun = file.read(len(PACKED))
        file.seek(0)
        return unpacked(file, begun)
    except BaseException:
        file.close()
        raise


def load_run(run: Path, *, keep_exchanges: bool = False) -> RunData:
    """Read a run's journal; what could not be read of it stands in ``unread``.

    It is read as far as statistics need it (see ``core.glance``); the rest when it is asked for.
    """
    path = find_journal(run)
    place = place_of(path)
    known = kept(place)
    ledger, unread = known or _taken_in(path)
    if known is None:
        keep(place, ledger, unread)
    return run_of(ledger, Lines(path).event, keep_exchanges=keep_exchanges, unread=unread)


def _taken_in(path: Path) -> tuple[Ledger, list[str]]:
    ledger = Ledger()
    unread = take_in(ledger, path)
    ledger.questions.compact()
    return ledger, unread


def take_in(ledger: Ledger, path: Path) -> list[str]:
    """Take in what a journal says; return the lines that can't be read (see ``read_journal``)."""
    taking = _Taking(path, ledger)
    taking.go_on()
    return taking.unread


class _Taking:
    """How far a journal was taken in, and which of its lines can't be read."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self.unread: list[str] = []
        self._path = path
        self._ledger = ledger
        self._number = self._place = 0

    def go_on(self) -> None:
        """Take in what was written since."""
        size = _plain_size(self._path) - self._place
        if not self._place and size >= glances.MANY:
            self._take_large(size)
        for _, _, line in _lines(self._path, self._number, self._place):
            self._take(glance_at(line), line)

    def _take_large(self, size: int) -> None:
        """Have several processes read it; where they don't, what follows has to."""
        with _open(self._path) as file:
            for length, glance in glances.glances(self._path, size):
                line = b""
                if glance is None:
                    file.seek(self._place)
                    line = next(bounded(file, self._path), b"")
                self._take(glance, line, length)

    def _take(self, glance: Glance | None, line: bytes, length: int = 0) -> None:
        ledger, place = self._ledger, self._place
        before = ledger.doubled
        self._number += 1
        self._place += length or len(line)
        try:
            ledger.take(glance or known(_event(line)), place)
        except _UNREADABLE as error:
            self.unread.append(_reason(self._path, self._number, error))
        if ledger.doubled > before:
            told = "the run begins again; what stands here twice counts once"
            self.unread.append(f"{self._number}: {told}")


def _plain_size(path: Path) -> int:
    """Return how many bytes a journal has; 0 for one that is packed, or gone."""
    try:
        with _open(path) as file:
            return file.seek(0, SEEK_END) if file.seekable() else 0
    except OSError:
        return 0


class Following:
    """A journal that may still be written: each ``run`` reads on where the one before stopped."""

    def __init__(self, path: Path) -> None:
        self._ledger = Ledger()
        self._taking = _Taking(path, self._ledger)
        self._read = Lines(path).event

    def run(self) -> RunData:
        """Return the run as far as it was written, with its exchanges; raises UsageError."""
        self._taking.go_on()
        unread = self._taking.unread
        return run_of(self._ledger, self._read, keep_exchanges=True, unread=unread)


def read_journal(run: Path, unread: list[str] | None = None) -> Iterator[Event]:
    """Read a run's events in order.

    A last line that was cut off in the middle is left out: the process died while writing it.
    Any other line that can't be read is left out as well and noted in ``unread`` with its number.
    Raises UsageError when it is the first one: then this is no journal of ours.
    """
    path = find_journal(run)
    for number, _, line in _lines(path):
        try:
            event = _event(line)
        except _UNREADABLE as error:
            reason = _reason(path, number, error)
            if unread is not None:
                unread.append(reason)
        else:
            yield event


class Lines:
    """The lines of a journal by the places where they stand; it may still be written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _file(self) -> BinaryIO:
        try:
            file = open_journal(self._path)
        except FileNotFoundError:
            # It was packed meanwhile, or unpacked; each line stands where it stood.
            file = open_journal(find_journal(self._path.parent))
        weakref.finalize(self, file.close)
        return file

    def event(self, place: int) -> Event:
        """Read the event at a place; raises UsageError where none stands any more."""
        self._file.seek(place)
        try:
            return _event(next(bounded(self._file, self._path), b""))
        except _UNREADABLE as error:
            raise UsageError(f"{self._path}, from byte {place}: {_why(error)}") from None


def _lines(path: Path, before: int = 0, place: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Give each whole line with its number, from 1, and the place where it stands.

    Those from a place on, before which so many lines stand.
    """
    try:
        with _open(path) as file:
            if place:
                file.seek(place)
            for number, line in enumerate(bounded(file, path), before + 1):
                if not line.endswith(b"\n"):
                    return
                yield number, place, line
                place += len(line)
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror or error}") from None


def _event(line: bytes) -> Event:
    return event_from_json(json.loads(line.decode("utf-8")))


def _reason(path: Path, number: int, error: Exception) -> str:
    reason = f"{number}: {_why(error)}"
    if number == 1:
        raise UsageError(f"{path}:{reason}", getattr(error, "hint", None) or _MADE) from None
    return reason


def _why(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"not JSON: {error.msg}"
        case UnicodeDecodeError():
            return "not UTF-8 text"
        case RecursionError():
            return "nested deeper than can be read"
        case OverflowError():
            return "a number of more than 64 bits"
    return str(error)
