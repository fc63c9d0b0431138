"""Where what can be made again at any time is kept."""

import os
import sys
from pathlib import Path

__all__ = ["cache_home"]


def cache_home() -> Path:
    """Return ``$TOOLFUZZ_CACHE``, or toolfuzz's own in the platform's cache folder."""
    if chosen := os.environ.get("TOOLFUZZ_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "toolfuzz"
