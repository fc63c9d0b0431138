"""Causes that are known and accepted, so that only others fail a trial."""

import tomllib
from pathlib import Path

from toolfuzz.core.errors import UsageError

__all__ = ["read_known"]


def read_known(path: Path) -> dict[str, str]:
    """Read accepted causes: ``[[accepted]]`` with ``cause`` and, if there is one, ``url``."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
        return {str(entry["cause"]): str(entry.get("url", "")) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path}: not a list of accepted causes: {error}",
            '[[accepted]] with cause = "relay-call-lost" and url = "https://…"',
        ) from None
