"""What stands in the place of a call's arguments: facts about that text, which defects explain.

``arguments.read`` finds them. Each also says what had to be undone for the text to load, so that
the rest can be judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from toolfuzz.core.case import Json, JsonObject

__all__ = [
    "Blank",
    "Escaped",
    "Fenced",
    "Headless",
    "Layered",
    "Mended",
    "NotObject",
    "NotText",
    "Odd",
    "ReadArguments",
    "Repeated",
    "SplitLiteral",
    "StopsEarly",
    "Surrounded",
    "TextFact",
    "Unread",
]


@dataclass(frozen=True)
class TextFact:
    """A fact about one argument text; ``actual`` and ``expected`` are shown with it."""

    actual: Json
    expected: Json = None
    pointer: str = ""


@dataclass(frozen=True, kw_only=True)
class NotText(TextFact):
    """Something else than text came where the format has text; ``sent`` False: no such key."""

    value: Json
    sent: bool = True


@dataclass(frozen=True, kw_only=True)
class Blank(TextFact):
    """Empty text or only whitespace; ``meant``: no arguments is the right answer."""

    meant: bool


@dataclass(frozen=True, kw_only=True)
class NotObject(TextFact):
    """JSON, but no object."""


@dataclass(frozen=True, kw_only=True)
class Layered(TextFact):
    """An object that was encoded ``layers`` times."""

    layers: int


@dataclass(frozen=True, kw_only=True)
class Odd(TextFact):
    """Something in the text that Python loads and JSON doesn't have, or advises against."""

    kind: Literal["nonfinite", "duplicate-key", "lone-surrogate"]
    details: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Escaped(TextFact):
    """All that is not ASCII is spelled ``\\uXXXX``."""


@dataclass(frozen=True, kw_only=True)
class Fenced(TextFact):
    """A markdown fence stands around the object."""


@dataclass(frozen=True, kw_only=True)
class Surrounded(TextFact):
    """More text before or behind the object; ``what`` says where, ``markup`` if it is such."""

    what: str
    markup: str | None = None


@dataclass(frozen=True, kw_only=True)
class Repeated(TextFact):
    """``count`` objects, one behind the other (the last may be cut off).

    ``alike``: they are equal. ``calls``: they are the arguments of several calls asked for.
    """

    count: int
    alike: bool
    calls: bool


@dataclass(frozen=True, kw_only=True)
class SplitLiteral(TextFact):
    """A literal begun as a string, then sent again."""


@dataclass(frozen=True, kw_only=True)
class StopsEarly(TextFact):
    """The beginning of JSON; ``announced``: the finish reason says that it was cut off."""

    announced: bool


@dataclass(frozen=True, kw_only=True)
class Mended(TextFact):
    """Text that loads once something in it is undone; ``raw`` is all of it."""

    how: Literal["control-characters", "commas", "escapes", "python", "quotes"]
    raw: str


@dataclass(frozen=True, kw_only=True)
class Headless(TextFact):
    """An object without its beginning; ``stream``: a piece of it may be lost."""

    stream: bool


@dataclass(frozen=True, kw_only=True)
class Unread(TextFact):
    """Text that nothing makes sense of; ``markup`` is a piece of the model's own in it."""

    reason: str
    markup: str | None


@dataclass(frozen=True, slots=True)
class ReadArguments:
    """What could be read: the object (mended if need be, None if hopeless) and what was wrong.

    ``odd`` are the kinds of odd things that the loaded object still holds.
    """

    value: JsonObject | None
    facts: tuple[TextFact, ...] = ()
    odd: frozenset[str] = frozenset()
