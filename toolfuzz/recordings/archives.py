"""The JSON files of a ZIP archive, whoever made it."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, BinaryIO

from toolfuzz.core.case import Json
from toolfuzz.core.errors import UsageError
from toolfuzz.recordings.lines import json_value
from toolfuzz.system.lines import LONGEST

__all__ = ["json_files"]


def json_files(file: BinaryIO, folder: str, what: str) -> Iterator[Json]:
    """Yield what the JSON files below a folder hold; ``what`` is said where there is none.

    Raises UsageError, also in the middle. Compression by Zstandard, which Python knows since 3.14,
    takes the extra ``zstd`` before.
    """
    zipfile = _zipfile()
    try:
        with zipfile.ZipFile(file) as archive:
            names = [n for n in archive.namelist() if n.startswith(folder) and n.endswith(".json")]
            if not names:
                raise UsageError(f"a ZIP file, but not {what}")
            for name in names:
                yield json_value(_content(archive, name))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise UsageError(f"the archive is broken: {error}") from None


def _content(archive: Any, name: str) -> bytes:
    try:
        with archive.open(name) as file:
            content: bytes = file.read(LONGEST + 1)
    except NotImplementedError:
        raise UsageError(
            f"the compression of {name!r} in the archive isn't known",
            "pip install 'toolfuzz[zstd]'",
        ) from None
    except Exception as error:  # Each compression has errors of its own.
        raise UsageError(f"{name!r} in the archive is broken: {error}") from None
    if len(content) > LONGEST:
        raise UsageError(f"{name!r} in the archive has more than {LONGEST >> 20} MiB")
    return content


def _zipfile() -> Any:
    try:
        return import_module("backports.zstd.zipfile")
    except ImportError:
        return import_module("zipfile")
