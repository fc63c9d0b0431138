"""A zip file that is written while it is sent, so that none of it has to be in memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator

__all__ = ["zipped"]

_EPOCH = (1980, 1, 1, 0, 0, 0)


def zipped(members: Iterable[tuple[str, Iterable[str]]]) -> Iterator[bytes]:
    """Give the pieces of a zip file of these texts, by name; the same texts give the same bytes."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w") as archive:
        for name, texts in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as member:
                for text in texts:
                    member.write(text.encode())
            yield sent.taken()
    yield sent.taken()


class _Sent(io.RawIOBase):
    """A file that can't be gone back in; what was written is taken away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self._pieces.append(bytes(data))  # type: ignore[call-overload]
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole
