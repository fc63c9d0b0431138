"""How model families write tool calls: one file a family, found by file.

A file holds one ``FAMILY``. A new family is one new file; nothing else changes.
"""

import importlib
import pkgutil
from functools import cache

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.engines.native._base import (
    Family,
    NotExpressible,
    Thinking,
    UnreadableText,
    carries,
)

__all__ = [
    "Family",
    "NotExpressible",
    "Thinking",
    "UnreadableText",
    "carries",
    "families",
    "family",
    "family_of_parser",
]


@cache
def families() -> dict[str, Family]:
    """Return every family by name, in alphabetical order."""
    names = (m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    found = [importlib.import_module(f"{__name__}.{name}").FAMILY for name in names]
    return {f.name: f for f in sorted(found, key=lambda f: f.name)}


def family(name: str) -> Family:
    """Return the family of that name; raises UsageError with the nearest names."""
    try:
        return families()[name]
    except KeyError:
        hint = did_you_mean(name, families()) or f"known: {', '.join(families())}"
        raise UsageError(f"unknown model family {name!r}", hint) from None


def family_of_parser(parser: str) -> Family | None:
    """Return the family whose text a serving engine's parser of that name reads, if known."""
    wanted = parser.replace("-", "_")
    for candidate in families().values():
        if wanted in (p.replace("-", "_") for p in (candidate.name, *candidate.parsers)):
            return candidate
    return None
