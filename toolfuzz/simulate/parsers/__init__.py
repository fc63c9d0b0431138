"""Serving engines' tool-call parsers, the bad ones above all.

A model writes its calls as text of its own (its native format); the engine's parser reads them
back. A ``Parser`` is anything that does so, so that a real engine's parser fits in as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.case import JsonObject, Tool

__all__ = ["Parsed", "ParsedCall", "Parser"]


@dataclass(slots=True)
class ParsedCall:
    """A call that a parser found; ``raw`` is its argument string when it built one itself."""

    name: str
    arguments: JsonObject
    raw: Any = None


@dataclass(slots=True)
class Parsed:
    """What a parser made of the model's text: the content that remains and the calls."""

    content: str
    calls: list[ParsedCall]


Parser = Callable[[str, Sequence[Tool], bool], Parsed]
"""(native text, offered tools, stream) -> Parsed."""
