"""An official SDK as the reader of a reply, and whether it is installed."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.util import find_spec

from toolfuzz.core.case import Json
from toolfuzz.core.exchange import Attempt

__all__ = ["ClientReader"]

_version = cache(metadata.version)


@cache
def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of a parent, as "google" is one of "google.genai"
        return False


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)[:2]]


@dataclass(frozen=True, slots=True)
class ClientReader:
    """One way of reading a reply with an official SDK: the referee of what a reply is worth.

    ``read`` yields (tool name, arguments) and raises what the SDK, or plain code after it, raises;
    it imports the SDK when it is called. ``package`` is the distribution's name, ``module`` the
    import name where that differs, ``way`` what tells several ways apart (``stream()``), ``since``
    the first version that can be used so.
    """

    package: str
    stream: bool
    read: Callable[[Attempt], Iterable[tuple[str, Json]]]
    way: str = ""
    module: str = ""
    since: str = "0"

    @property
    def installed(self) -> bool:
        """Whether the SDK is there, in a version that can be used."""
        return _is_there(self.module or self.package) and (
            _numbers(_version(self.package)) >= _numbers(self.since)
        )

    @property
    def needs(self) -> str:
        """What to install, as pip has it: ``openai>=1.92``."""
        return f"{self.package}>={self.since}"

    @property
    def name(self) -> str:
        """Package, version and way: ``openai 3.54.0 stream()``."""
        return f"{self.package} {_version(self.package)} {self.way}".rstrip()
