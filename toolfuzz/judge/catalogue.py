"""All defects, found in ``judge/defects/``."""

import pkgutil
from functools import cache
from importlib import import_module

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.judge.defect import Defect, Detect, Stage

__all__ = ["defect", "defects", "detectors"]

_FOLDER = "toolfuzz.judge.defects"


@cache
def defects() -> dict[str, Defect]:
    """Return all defects by slug, sorted by group and slug. The files are read at the first call.

    A file whose name begins with ``_`` holds what several defects share.
    """
    folder = import_module(_FOLDER)
    names = [m.name for m in pkgutil.iter_modules(folder.__path__) if not m.name.startswith("_")]
    entries: list[Defect] = [import_module(f"{_FOLDER}.{name}").DEFECT for name in names]
    return {e.slug: e for e in sorted(entries, key=lambda e: (e.group, e.slug))}


@cache
def detectors(stage: Stage) -> tuple[Detect, ...]:
    """Return the detectors of the defects that are looked for at the end of a stage."""
    return tuple(d.detect for d in defects().values() if d.stage == stage and d.detect)


def defect(slug: str) -> Defect:
    """Return one entry; raises UsageError that names the nearest slugs."""
    known = defects()
    if slug not in known:
        hint = did_you_mean(slug, known) or "toolfuzz list defects shows them all"
        raise UsageError(f"unknown defect {slug!r}", hint)
    return known[slug]
