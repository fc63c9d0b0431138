"""Where the services of a user's own configuration come from, which lies above this floor."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolfuzz.sources.registry import Endpoint

__all__ = ["look_in", "own"]

_readers: "list[Callable[[], Iterable[Endpoint]]]" = []


def look_in(reader: "Callable[[], Iterable[Endpoint]]") -> None:
    """Have services found that ``reader`` gives; it is called when one is looked for."""
    _readers[:] = [reader]


def own() -> "list[Endpoint]":
    """Return the user's own services."""
    return [endpoint for reader in _readers for endpoint in reader()]
