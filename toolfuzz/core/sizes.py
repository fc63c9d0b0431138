"""Sizes in bytes, as people write and read them: ``16MiB``, ``256 KiB``, ``1000``."""

import re

__all__ = ["COUNTED", "MAX_REPLY", "read_size", "size_text"]

_UNITS = {"": 1, "b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SIZE = re.compile(r"\s*([0-9]{1,12})\s*([A-Za-z]*)\s*")

MAX_REPLY = 16 * 2**20
"""Bytes of a reply that are read where nobody says otherwise: about four million tokens."""
COUNTED = 2**20
"""Bytes of a reply up to which it is read to count its tokens, beside the event loop's other work:
an ordinary one takes less than a tenth of a second, a hostile one two."""


def read_size(given: int | str) -> int:
    """Return the bytes that a size above 0 means; raises ValueError, which says how to write it."""
    found = _SIZE.fullmatch(str(given))
    size = int(found[1]) * _UNITS.get(found[2].lower(), 0) if found else 0
    if size < 1 or isinstance(given, bool):
        raise ValueError(f"{given!r} is no size above 0: write bytes, 256KiB or 16MiB")
    return size


def size_text(size: int) -> str:
    """Return a size in the largest unit that needs no fraction."""
    for unit, worth in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size >= worth and size % worth == 0:
            return f"{size // worth} {unit}"
    return f"{size} bytes"
