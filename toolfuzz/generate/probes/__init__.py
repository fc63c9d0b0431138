"""Probes, one file each. A file that defines ``PROBE`` is found by itself.

Those of one turn stand in this folder, those of several in ``toolfuzz.generate.conversations``.
"""

import importlib
import pkgutil
from functools import cache

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.probes.base import Probe

__all__ = ["all_probes", "find", "probes_in", "usual_probes"]

_FOLDERS = (__name__, "toolfuzz.generate.conversations")


@cache
def all_probes() -> dict[str, Probe]:
    """Return every probe by name, the most frequent first; conversations are the last."""
    return {name: probe for folder in _FOLDERS for name, probe in probes_in(folder).items()}


def usual_probes() -> tuple[str, ...]:
    """Return the names of the probes of the default mix."""
    return tuple(name for name, probe in all_probes().items() if probe.share)


@cache
def probes_in(package: str) -> dict[str, Probe]:
    """Return the probes of a folder by name, the most frequent first."""
    found: list[Probe] = []
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        loaded = importlib.import_module(f"{package}.{module.name}")
        probe = getattr(loaded, "PROBE", None)
        if isinstance(probe, Probe):
            found.append(probe)
    return {p.name: p for p in sorted(found, key=lambda p: (-p.share, p.name))}


def find(name: str) -> Probe:
    """Return the probe of that name; raise UsageError with the nearest names otherwise."""
    known = all_probes()
    if name not in known:
        near = did_you_mean(name, known)
        raise UsageError(f"there is no probe {name!r}", near or "see: toolfuzz list probes")
    return known[name]
