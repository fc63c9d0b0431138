"""The register of faults: what there is, at which stage, and where it can occur."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal, TypeVar

from toolfuzz.core.ask import Ask
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.formats import Traits, WireFormat, wire_format
from toolfuzz.simulate.schema import Place

__all__ = ["Fault", "Roll", "Stage", "Trigger", "applies", "fault", "faults", "find"]

Stage = Literal["request", "plan", "values", "dialect", "raw", "message", "pieces", "wire"]
"""In the pipeline's order. ``pieces`` are a stream's steps, ``wire`` is the encoded reply."""

_MODES = {"plain": False, "stream": True}


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a fault may strike. Conditions on the request, then on the single parameter.

    ``keyword``: some offered tool's schema has that keyword. ``turn``: from that turn on.
    ``behind_ref``, ``union``, ``top``, ``param``: conditions on the parameter, for faults that
    change values. ``everywhere``: change every fitting value instead of one.
    """

    stream: bool | None = None
    keyword: str | None = None
    turn: int = 1
    behind_ref: bool = False
    union: bool = False
    top: bool = False
    param: str | None = None
    everywhere: bool = False

    def asks(self, ask: Ask) -> bool:
        """Whether the request fulfils the conditions."""
        if self.stream is not None and self.stream != ask.stream:
            return False
        if self.keyword and not any(has_keyword(t.parameters, self.keyword) for t in ask.tools):
            return False
        return ask.turn >= self.turn

    def takes(self, place: Place) -> bool:
        """Whether the parameter fulfils the conditions."""
        return not (
            (self.behind_ref and not place.behind_ref)
            or (self.union and not place.union)
            or (self.top and place.depth > 1)
            or (self.param is not None and place.key != self.param)
        )


def has_keyword(schema: Any, keyword: str) -> bool:
    """Whether the keyword stands anywhere in the schema."""
    if isinstance(schema, dict):
        return keyword in schema or any(has_keyword(s, keyword) for s in schema.values())
    return isinstance(schema, list) and any(has_keyword(s, keyword) for s in schema)


@dataclass(frozen=True, slots=True)
class Roll:
    """The random numbers of one fault in one reply, its conditions, and the reply's format."""

    rng: Random
    trigger: Trigger
    format: WireFormat


Apply = Callable[..., bool]
F = TypeVar("F", bound=Apply)


@dataclass(frozen=True, slots=True)
class Fault:
    """A registered fault. ``apply`` takes (reply, roll), for the stages ``pieces`` and ``wire``
    (reply, pieces or wire, roll), and returns whether it changed anything.

    ``needs`` says in which formats and stream modes it can occur (see ``fault``). ``turn`` is the
    first turn in which it can show (above 1: it needs a history). ``legal`` marks what no one may
    blame.
    """

    slug: str
    stage: Stage
    needs: str
    apply: Apply
    turn: int = 1
    legal: bool = False
    help: str = ""

    def fits(self, traits: Traits, stream: bool) -> bool:
        """Whether it can occur in a format with these traits, in that stream mode."""
        return _fit(self.needs, traits, stream)


@cache
def _fit(needs: str, traits: Traits, stream: bool) -> bool:
    held = [_fits_one(place, traits, stream) for place in needs.split(",")]
    return any(held)


def _fits_one(place: str, traits: Traits, stream: bool) -> bool:
    words = place.split()
    modes = [_MODES[word] for word in words if word in _MODES]
    rest = " ".join(word for word in words if word not in _MODES)
    return traits.fit(rest) and stream in (modes or (False, True))


_FAULTS: dict[str, Fault] = {}


def fault(
    slug: str, stage: Stage, needs: str = "", *, turn: int = 1, legal: bool = False
) -> Callable[[F], F]:
    """Register a function as the fault ``slug``.

    ``needs`` lists comma-separated places, each some of ``plain``, ``stream`` and the traits of
    wire formats (``"indexed stream, object"``: see formats.Traits.fit); empty means everywhere.
    """

    def register(function: F) -> F:
        if slug in _FAULTS:
            raise ValueError(f"two simulated faults are called {slug}")
        _fit(needs, Traits("text"), False)  # raises for a word that is no trait
        text = (function.__doc__ or "").strip()
        _FAULTS[slug] = Fault(slug, stage, needs, function, turn, legal, text)
        return function

    return register


@cache
def faults() -> dict[str, Fault]:
    """Return all faults by slug; every module of this package is read for that."""
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{__package__}.{module.name}")
    return dict(sorted(_FAULTS.items()))


def find(slug: str) -> Fault:
    """Return the fault; raises UsageError with the nearest names."""
    known = faults()
    if slug not in known:
        raise UsageError(
            f"there is no simulated fault {slug!r}",
            did_you_mean(slug, known) or "toolfuzz list defects shows the catalogue",
        )
    return known[slug]


def applies(slug: str, format: str, stream: bool) -> bool:
    """Whether the fault can occur in that wire format and stream mode."""
    return find(slug).fits(wire_format(format).traits, stream)
