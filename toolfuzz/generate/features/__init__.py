"""Schema features, one file a knob. A file that defines ``FEATURES`` is found by itself."""

import importlib
import pkgutil
from functools import cache

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.generate.features.base import Feature

__all__ = ["all_features", "find"]


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


def find(name: str) -> Feature:
    """Return the feature of that name; raise UsageError with the nearest names otherwise."""
    known = all_features()
    if name not in known:
        near = did_you_mean(name, known)
        raise UsageError(
            f"there is no schema feature {name!r}", near or "see: toolfuzz list features"
        )
    return known[name]
