"""The journal, ``run.jsonl``: the only truth of a run. Appended and flushed per verdict.

What was appended survives the death of the process, however it dies. It is forced to the disk at
most once a second and at the end, so a power failure costs about a second; a resumed run asks that
again.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from io import FileIO
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import Event, event_to_line
from toolfuzz.system.files import owner_only

__all__ = [
    "JOURNAL_NAME",
    "PACKED_NAME",
    "Journal",
    "find_journal",
    "has_journal",
    "journal_in",
    "lock",
]

JOURNAL_NAME = "run.jsonl"
PACKED_NAME = f"{JOURNAL_NAME}.zst"

_SYNC_SECONDS = 1.0
_SYNC_SHARE = 1 / 20
"""Of the time, at most: a slow disk must not hold up what is measured."""
_STEP = 64 * 1024


class Journal:
    """Writes events to a new file in a new folder; raises UsageError before anything is spent.

    ``resume`` goes on with a folder that is there, after dropping a torn last line. The file is
    locked while it is open: two writers would tear each other's lines. File and folder are for
    their owner alone, whatever the umask: what they hold may be private to whoever asked.
    """

    def __init__(self, folder: Path, *, resume: bool = False) -> None:
        self.path = folder / JOURNAL_NAME
        self._sync_at = 0.0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=resume)
            self._file = FileIO(self.path, "a+" if resume else "x", opener=owner_only)
            lock(self._file, folder)
            self.path.chmod(0o600)
            if resume:
                _drop_torn_line(self._file)
        except FileExistsError:
            raise UsageError(
                f"the output folder {folder} already exists",
                "choose another --out, or move it away: a run never overwrites a run",
            ) from None
        except OSError as error:
            raise UsageError(
                f"can't write to {folder}: {error.strerror or error}",
                "choose a folder that you may write to with --out",
            ) from None

    def append(self, events: Iterable[Event]) -> list[tuple[int, bytes]]:
        """Write the events and hand them to the operating system before returning.

        Return each one's line and the place where it stands, in bytes from the start.

        Where that fails (OSError, a full disk) none is written: others may be, once there is room.
        """
        lines = [event_to_line(event) + b"\n" for event in events]
        left = memoryview(b"".join(lines))
        end = self._file.seek(0, os.SEEK_END)
        try:
            while left:
                left = left[self._file.write(left) :]
            if time.monotonic() >= self._sync_at:
                self._sync()
        except BaseException as error:
            # Also where a signal ends the command between two parts of a large reply.
            with suppress(OSError):
                self._file.truncate(end)
            if isinstance(error, OSError):
                error.filename = error.filename or str(self.path)
            raise
        places = accumulate(map(len, lines), initial=end)
        return list(zip(places, lines, strict=False))

    def _sync(self) -> None:
        begun = time.monotonic()
        os.fsync(self._file.fileno())
        ended = time.monotonic()
        self._sync_at = ended + max(_SYNC_SECONDS, (ended - begun) / _SYNC_SHARE)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others write."""
        if self._file.closed:
            return
        try:
            self._sync()
        finally:
            self._file.close()

    def discard(self) -> None:
        """Take away a journal in which nothing stands, and its folder where nothing else does."""
        self.close()
        self.path.unlink()
        with suppress(OSError):
            self.path.parent.rmdir()


def lock(file: IO[Any], folder: Path) -> None:
    """Keep others from writing until the file is closed, or this process ends however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise UsageError(
            f"another toolfuzz is writing to {folder}", "wait for it, or stop it, then go on"
        ) from None


def _drop_torn_line(file: FileIO) -> None:
    """Cut a file behind its last line break, which is looked for from its end."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _STEP)
        file.seek(start)
        if found := file.read(end - start).rfind(b"\n") + 1:
            file.truncate(start + found)
            return
        end = start
    file.truncate(0)


def journal_in(folder: Path) -> Path | None:
    """Return a folder's journal in which something stands, plain or packed; None without any."""
    for name in (JOURNAL_NAME, PACKED_NAME):
        path = folder / name
        if path.is_file() and path.stat().st_size > 0:
            return path
    return None


def has_journal(folder: Path) -> bool:
    """Whether a folder holds a journal in which something stands."""
    return journal_in(folder) is not None


def find_journal(run: Path) -> Path:
    """Return the journal of a run given by its folder or by the file itself."""
    path = journal_in(run) if run.is_dir() else run
    if path is None or not path.is_file():
        raise UsageError(
            f"no journal at {run}",
            f"give a run's folder (it holds {JOURNAL_NAME}) or the .jsonl file itself",
        )
    return path
