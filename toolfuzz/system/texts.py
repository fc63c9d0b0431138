"""Small text files that a user names."""

from pathlib import Path

from toolfuzz.core.errors import UsageError

__all__ = ["read_small"]

_MOST = 1_000_000


def read_small(path: str | Path, named: str, *, too_large: str | None = None) -> str:
    """Return the text of a file of 1 MB at most; raises UsageError, ``too_large`` its hint.

    ``named`` is the option that names the file.
    """
    place = f"{named} {path}"
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{place}: not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{place}: can't be read: {reason}") from None
    if len(data) > _MOST:
        raise UsageError(f"{place}: larger than 1 MB", too_large)
    return text
