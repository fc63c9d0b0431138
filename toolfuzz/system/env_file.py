"""A ``.env`` file: variables for this process, read only where somebody names the file."""

import os
from io import StringIO
from pathlib import Path

from toolfuzz.core.errors import UsageError

__all__ = ["read_env_file"]

_MOST_BYTES = 1_000_000


def read_env_file(path: Path) -> None:
    """Set the variables of a file that aren't set already; raises UsageError.

    ``NAME=value`` a line, quotes and comments as python-dotenv reads them; nothing is put in for
    ``$NAME``.
    """
    from dotenv.parser import parse_stream

    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        whole = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"--env-file {path}: not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"--env-file {path}: can't be read: {reason}") from None
    if len(data) > _MOST_BYTES:
        raise UsageError(f"--env-file {path}: larger than 1 MB")
    found: dict[str, str] = {}
    for binding in parse_stream(StringIO(whole)):
        unset = binding.key is not None and binding.value is None
        if binding.error or unset or "\0" in (binding.value or ""):
            # What stands there may be a key: it isn't shown.
            text = binding.original.string
            blank = text[: len(text) - len(text.lstrip())].count("\n")
            line = binding.original.line + blank
            raise UsageError(f"--env-file {path}, line {line}: not NAME=value")
        if binding.key is not None:
            found[binding.key] = binding.value or ""
    for name, value in found.items():
        os.environ.setdefault(name, value)
