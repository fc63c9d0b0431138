"""The register of faults: those of the defects, and those that belong to none."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TypeVar

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.formats import wire_format
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.faults import Fault, FaultStage

__all__ = ["applies", "fault", "faults", "find"]

F = TypeVar("F", bound=Callable[..., bool])
_FAULTS: dict[str, Fault] = {}


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


@cache
def faults() -> dict[str, Fault]:
    """Return all faults by slug: every defect and every module of this package is asked."""
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{__package__}.{module.name}")
    theirs = {d.slug: replace(d.fault, slug=d.slug) for d in defects().values() if d.fault}
    return dict(sorted((theirs | _FAULTS).items()))


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
