"""The columns of large journals, kept so that these needn't be read again from end to end.

They lie in the user's own cache and never in a run's folder: folders go from hand to hand, and
whoever makes such a file decides what is run when it is read. Without one, the journal is read.
"""

import hashlib
import os
import pickle
from contextlib import suppress
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.analyze.ledger import Ledger
from toolfuzz.system.caches import cache_home
from toolfuzz.system.files import written_whole

__all__ = ["LARGE", "Place", "keep", "kept", "place_of"]

LARGE = 256 * 2**20
"""Bytes of a journal from which on its columns are kept; half a second's reading."""
_MOST = 16
"""Journals whose columns are kept: those that were read last."""
_LAYOUT = 3
"""Another number when what is kept is laid out otherwise."""

Place = Path | None


def place_of(journal: Path) -> Place:
    """Return where a journal's columns are kept as it is now; None for one that is small, or gone.

    Any change of the journal makes it another place.
    """
    try:
        found = journal.stat()
    except OSError:
        return None
    if found.st_size < LARGE:
        return None
    state = found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, __version__, _LAYOUT
    name = hashlib.sha256(repr(state).encode()).hexdigest()[:32]
    return cache_home() / "journals" / f"{name}.columns"


def kept(place: Place) -> tuple[Ledger, list[str]] | None:
    """Return what is kept there of a journal: its columns, and which lines can't be read."""
    if place is None:
        return None
    try:
        with place.open("rb") as file:
            os.utime(place)
            ledger, unread = pickle.load(file)
    except Exception:
        # Gone, cut off, or made by another release: the journal says it all.
        return None
    return ledger, unread


def keep(place: Place, ledger: Ledger, unread: list[str]) -> None:
    """Keep the columns of a journal, where there is room; those longest unread give way."""
    if place is None:
        return
    ledger.questions.compact()
    with suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with written_whole(place) as file:
            pickle.dump((ledger, unread), file, pickle.HIGHEST_PROTOCOL)
        others = sorted(place.parent.glob("*.columns"), key=lambda p: p.stat().st_mtime)
        for old in others[:-_MOST]:
            old.unlink()
