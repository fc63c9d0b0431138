"""Journals packed with zstd once their runs are over: a twentieth of the space or so."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from toolfuzz.core.errors import UsageError
from toolfuzz.runs.journal import JOURNAL_NAME, PACKED_NAME, Journal, find_journal
from toolfuzz.system.files import owner_only
from toolfuzz.system.packed import PACKED, packing, unpacked

__all__ = ["pack", "unpack"]


def pack(folder: Path) -> tuple[int, int]:
    """Pack a folder's journal; return its bytes before and after.

    Nobody else may write to it meanwhile. Until the packed one is whole and on the disk the plain
    one stays. Raises UsageError.
    """
    plain, packed = folder / JOURNAL_NAME, folder / PACKED_NAME
    nothing = UsageError(f"{folder} holds no plain journal", "give a run's folder, once")
    if find_journal(folder) != plain:
        raise nothing
    with Journal(folder, resume=True), _draft(packed) as draft:
        if not plain.stat().st_size:
            # Another process may have packed it meanwhile.
            plain.unlink()
            raise nothing
        with plain.open("rb") as source, packing(draft) as target:
            copyfileobj(source, target)
        _keep(draft)
        Path(draft.name).replace(packed)
        before = plain.stat().st_size
        plain.unlink()
    return before, packed.stat().st_size


def unpack(folder: Path) -> None:
    """Unpack a folder's journal, so that it can be gone on with; nothing where it isn't packed."""
    plain, packed = folder / JOURNAL_NAME, folder / PACKED_NAME
    if plain.exists() or not packed.exists():
        return
    with _draft(plain) as draft, packed.open("rb") as source:
        copyfileobj(unpacked(source, PACKED), draft)
        _keep(draft)
        # Another process may have done it meanwhile, and writes to what it made.
        with suppress(FileExistsError):
            os.link(draft.name, plain)
            packed.unlink()


def _keep(file: BinaryIO) -> None:
    """See that all of a file is on the disk; raises OSError where it has no room."""
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _draft(path: Path) -> Iterator[BinaryIO]:
    """Give a new file beside another one; it is gone afterwards, unless it took its place."""
    name = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(name, "wb", opener=owner_only) as file:
            yield file
    finally:
        name.unlink(missing_ok=True)
