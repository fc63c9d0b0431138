"""Schema features, one file a knob. A file that defines ``FEATURES`` is found by itself."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.features.base import GROUPS, Feature

__all__ = ["all_features", "is_sloppy", "named"]


@cache
def all_features() -> dict[str, Feature]:
    """Return every feature by name, in the order of files and of their ``FEATURES``."""
    found: dict[str, Feature] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for feature in getattr(loaded, "FEATURES", ()):
            if feature.name in found:
                raise ValueError(f"two features are called {feature.name!r}")
            found[feature.name] = feature
    return found


def is_sloppy(names: Iterable[str]) -> bool:
    """Whether one of these features makes a schema that is none by the specification."""
    known = all_features()
    return any(known[name].group == "sloppy" for name in names)


def named(name: str) -> list[Feature]:
    """Return the feature of that name, or those of the group of that name.

    Raises UsageError with the nearest names for another one.
    """
    known = all_features()
    if name in known:
        return [known[name]]
    if group := [feature for feature in known.values() if feature.group == name]:
        return group
    near = did_you_mean(name, [*known, *GROUPS])
    raise UsageError(f"there is no schema feature {name!r}", near or "see: toolfuzz list features")
