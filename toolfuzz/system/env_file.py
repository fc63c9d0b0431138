"""A ``.env`` file: variables for this process, read only where somebody names the file."""

import os
from io import StringIO
from pathlib import Path

from toolfuzz.core.errors import UsageError
from toolfuzz.system.texts import read_small

__all__ = ["read_env_file"]


def read_env_file(path: Path) -> None:
    """Set the variables of a file that aren't set already; raises UsageError.

    ``NAME=value`` a line, quotes and comments as python-dotenv reads them; nothing is put in for
    ``$NAME``.
    """
    from dotenv.parser import parse_stream

    whole = read_small(path, "--env-file")
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
