"""Files that may hold what somebody else said in private: bytes of replies, prompts, tools."""

import os
from pathlib import Path

__all__ = ["owner_only", "write_private"]


def owner_only(path: str, flags: int) -> int:
    """Open a file for ``open(…, opener=owner_only)``: a new one can be read by its owner only."""
    return os.open(path, flags, 0o600)


def write_private(path: Path, text: str) -> None:
    """Write UTF-8 text to a file as it is; a new one can be read by its owner only."""
    with open(path, "w", encoding="utf-8", newline="", opener=owner_only) as file:
        file.write(text)
