"""The engines that can be put on trial. Each folder here is one, found by its name.

Its ``__init__.py`` says how the engine is got (``ENGINE``); its ``reader.py`` drives the parsers,
in the worker's process and with the engine's Python, and imports nothing of toolfuzz. A reader has
``load(root) -> Reader``, and a Reader ``version``, ``parsers``, ``whole(text, …)`` and
``stream(deltas, …)`` (see ``worker/__main__.py``), ``reasoners`` where it reads reasoning,
and a true ``limits`` where it can be told of a token limit (``finish="length"``).
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.engines.native import Family, families, family_of_parser

__all__ = ["Engine", "Wheel", "engine", "engines", "fetchable"]


@dataclass(frozen=True, slots=True)
class Wheel:
    """How a release is run that is fetched with pip and unpacked, without the GPU stack.

    ``wanted``: a regular expression of the wheel's files that are unpacked. ``requirements`` are
    what those import. ``parsers`` reads the names of a release's parsers out of its folder,
    without running anything. ``example`` is a version that can be fetched. ``platform`` is the
    one that has a wheel of every release, where that isn't Linux.
    """

    wanted: str
    requirements: tuple[str, ...]
    parsers: Callable[[Path], list[str]]
    example: str
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """A serving engine. ``wheel`` is None for one that is used where it is installed.

    ``reads`` has the model family whose text a parser reads where its name doesn't tell: None for
    one that none of the known families writes for. (``_`` stands for ``-`` in its keys.) ``thinks``
    has the reasoning parser that a server is started with beside a tool parser (spelled alike).
    ``tokens``: parsers may look for the tokens of markers, not for their text.
    """

    title: str
    wheel: Wheel | None = None
    reads: Mapping[str, str | None] = field(default_factory=dict)
    thinks: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    tokens: bool = False

    def family(self, parser: str) -> Family | None:
        """Return the family whose text the parser of that name reads, if known."""
        spelled = parser.replace("-", "_")
        if spelled not in self.reads:
            return family_of_parser(parser)
        name = self.reads[spelled]
        return None if name is None else families()[name]

    @property
    def reader(self) -> Path:
        """The file that drives its parsers."""
        return Path(__file__).parent / self.name.replace("-", "_") / "reader.py"


@cache
def engines() -> dict[str, Engine]:
    """Return all engines by the name that stands in a spec."""
    folders = [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]
    known = {folder.replace("_", "-"): folder for folder in folders}
    return {
        name: replace(importlib.import_module(f"{__name__}.{folder}").ENGINE, name=name)
        for name, folder in known.items()
    }


def engine(name: str) -> Engine:
    """Return the engine of that name; raises UsageError with the nearest ones."""
    known = engines()
    if name not in known:
        near = did_you_mean(name, known) or f"known: {', '.join(known)}"
        raise UsageError(f"unknown engine {name!r}", near)
    return known[name]


def fetchable() -> dict[str, Wheel]:
    """Return the engines whose releases can be fetched."""
    return {name: known.wheel for name, known in engines().items() if known.wheel is not None}
