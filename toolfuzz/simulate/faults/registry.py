"""The register of faults: those of the defects, and those that belong to none."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.formats import format_names, wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.faults import Fault, FaultStage
from toolfuzz.simulate.sending import Sending

__all__ = [
    "HttpFault",
    "applies",
    "fault",
    "faults",
    "find",
    "find_http",
    "http_fault",
    "http_faults",
    "is_http",
    "where",
]

F = TypeVar("F", bound=Callable[..., bool])
Send = Callable[[Sending, float | None], None]
_FAULTS: dict[str, Fault] = {}
_HTTP: dict[str, "HttpFault"] = {}
_IS_HTTP = "http-"


@dataclass(frozen=True, slots=True)
class HttpFault:
    """A fault of HTTP. ``apply`` takes how the answer is sent, and for how many seconds."""

    slug: str
    apply: Send

    @property
    def help(self) -> str:
        """One sentence for people."""
        return (self.apply.__doc__ or "").strip()


def fault(
    slug: str,
    stage: FaultStage,
    needs: str = "",
    *,
    turn: int = 1,
    legal: bool = False,
    lasting: bool = False,
) -> Callable[[F], F]:
    """Register a function as the fault ``slug``, which belongs to no one defect (see Fault)."""

    def register(function: F) -> F:
        if slug in _FAULTS or slug in defects():
            raise ValueError(f"two simulated faults are called {slug}")
        _FAULTS[slug] = Fault(function, stage, needs, turn, legal, slug, lasting=lasting)
        return function

    return register


def http_fault(slug: str) -> Callable[[Send], Send]:
    """Register a function as the fault ``slug`` of HTTP, which begins with ``http-``."""

    def register(function: Send) -> Send:
        if slug in _HTTP or not is_http(slug):
            raise ValueError(f"{slug}: two faults of HTTP, or none")
        _HTTP[slug] = HttpFault(slug, function)
        return function

    return register


def is_http(slug: str) -> bool:
    """Whether a fault of that name is about how an answer is sent, not about what it says."""
    return slug.startswith(_IS_HTTP)


def _import_all() -> None:
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{__package__}.{module.name}")


@cache
def http_faults() -> dict[str, HttpFault]:
    """Return all faults of HTTP by slug."""
    _import_all()
    return dict(sorted(_HTTP.items()))


@cache
def faults() -> dict[str, Fault]:
    """Return all faults of replies: every defect and every module of this package is asked."""
    _import_all()
    theirs = {d.slug: replace(d.fault, slug=d.slug) for d in defects().values() if d.fault}
    return dict(sorted((theirs | _FAULTS).items()))


def find(slug: str) -> Fault:
    """Return the fault of replies; raises UsageError with the nearest names."""
    if slug in http_faults():
        raise UsageError(
            f"{slug} is a fault of HTTP, not of what a reply says", "only `toolfuzz serve` has it"
        )
    if slug not in faults():
        raise _unknown(slug)
    return faults()[slug]


def find_http(slug: str) -> HttpFault:
    """Return the fault of HTTP; raises UsageError with the nearest names."""
    if slug not in http_faults():
        raise _unknown(slug)
    return http_faults()[slug]


def _unknown(slug: str) -> UsageError:
    near = did_you_mean(slug, [*faults(), *http_faults()])
    return UsageError(
        f"there is no simulated fault {slug[:100]!r}",
        near or "`toolfuzz list faults` names them all",
    )


@cache
def where(fault: Fault) -> str:
    """Say in which replies a fault can occur (``streams of`` some formats); "" for in all."""
    modes = {
        word: [n for n in format_names() if fault.fits(wire_format(n).traits, word == "streams")]
        for word in ("plain replies", "streams")
    }
    held = {word: names for word, names in modes.items() if names}
    if all(len(names) == len(format_names()) for names in held.values()):
        told = "" if len(held) == 2 else next(iter(held))
    elif len(held) == 2 and modes["streams"] == modes["plain replies"]:
        told = f"replies of {', '.join(modes['streams'])}"
    else:
        told = " and ".join(f"{word} of {', '.join(names)}" for word, names in held.items())
    if fault.turn == 1:
        return told
    return f"{told or 'replies'} from the second turn on"


def applies(slug: str, format: str, stream: bool) -> bool:
    """Whether the fault can occur in that wire format and stream mode."""
    return find(slug).fits(wire_format(format).traits, stream)
