"""Files that may hold what somebody else said in private: bytes of replies, prompts, tools."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["owner_only", "write_private", "written_whole"]


def owner_only(path: str, flags: int) -> int:
    """Open a file for ``open(…, opener=owner_only)``: a new one can be read by its owner only."""
    return os.open(path, flags, 0o600)


def write_private(path: Path, text: str) -> None:
    """Write UTF-8 text to a file as it is; a new one can be read by its owner only."""
    with open(path, "w", encoding="utf-8", newline="", opener=owner_only) as file:
        file.write(text)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file that stands at its place once all is written, and else not; its owner's only."""
    draft = path.with_name(f".{path.name[:200]}.{os.getpid()}")
    try:
        with open(draft, "wb", opener=owner_only) as file:
            yield file
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
