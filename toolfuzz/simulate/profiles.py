"""Named endpoints: which faults they have, how often, and when."""

import tomllib
from dataclasses import dataclass, field, fields
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.judge.faults import Fault, Trigger
from toolfuzz.simulate.faults.registry import find

__all__ = ["Profile", "Risk", "check_profile", "profile_named", "profiles"]


@dataclass(frozen=True, slots=True)
class Risk:
    """A fault that a profile has, its probability per reply, and its trigger."""

    fault: Fault
    p: float = 1.0
    trigger: Trigger = field(default_factory=Trigger)


@dataclass(frozen=True, slots=True)
class Profile:
    """A named endpoint. ``description`` is one sentence for people."""

    name: str
    description: str
    risks: tuple[Risk, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Slugs of its faults."""
        return tuple(risk.fault.slug for risk in self.risks)


@cache
def profiles() -> dict[str, Profile]:
    """Return the profiles of profiles.toml by name."""
    text = files(__package__).joinpath("profiles.toml").read_text(encoding="utf-8")
    return {name: _profile(name, entry) for name, entry in tomllib.loads(text).items()}


@lru_cache(maxsize=1024)
def profile_named(name: str) -> Profile | None:
    """Return the profile of that name, or one made for a name like ``fault:slug@0.5+slug``.

    None when it is neither; raises UsageError for a ``fault:`` name that names no fault.
    """
    name = name.removeprefix("sim/")
    if not name.startswith("fault:"):
        return profiles().get(name)
    risks = tuple(_risk_named(part) for part in name.removeprefix("fault:").split("+"))
    return Profile(name, f"A perfect endpoint but for {name.removeprefix('fault:')}.", risks)


def check_profile(name: str) -> Profile:
    """Return the profile of that name; raises UsageError with the nearest names."""
    profile = profile_named(name)
    if profile is None:
        near = did_you_mean(name.removeprefix("sim/"), profiles())
        raise UsageError(
            f"no simulated profile is called {name!r}",
            near or "`toolfuzz list profiles` names them all",
        )
    return profile


def _risk_named(text: str) -> Risk:
    slug, _, share = text.partition("@")
    try:
        p = float(share) if share else 1.0
    except ValueError:
        p = -1.0
    if not 0 <= p <= 1:
        raise UsageError(f"{text!r}: the probability after @ is not a number from 0 to 1")
    return Risk(find(slug), p)


_CONDITIONS = {f.name for f in fields(Trigger)}


def _profile(name: str, entry: dict[str, Any]) -> Profile:
    return Profile(name, entry["description"], tuple(_risk(r) for r in entry.get("faults", ())))


def _risk(entry: dict[str, Any]) -> Risk:
    known = {key: value for key, value in entry.items() if key not in ("slug", "p")}
    unknown = known.keys() - _CONDITIONS
    if unknown:
        raise ValueError(f"profiles.toml: {min(unknown)} is no trigger condition")
    return Risk(find(entry["slug"]), entry.get("p", 1.0), Trigger(**known))
