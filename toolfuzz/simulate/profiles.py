"""Named endpoints: which faults they have, how often, and when."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.judge.faults import Fault, Trigger
from toolfuzz.simulate.faults.registry import HttpFault, faults, find, find_http, is_http

__all__ = [
    "HttpRisk",
    "Profile",
    "Risk",
    "check_profile",
    "profile_named",
    "profile_with",
    "profiles",
]


_BY_NAME = "fault:"


@dataclass(frozen=True, slots=True)
class Span:
    """Some requests, counted from 1: those from ``first`` to ``last``, or all that follow."""

    first: int = 1
    last: int | None = None

    def __contains__(self, number: int) -> bool:
        return self.first <= number and (self.last is None or number <= self.last)


_ALWAYS = Span()


@dataclass(frozen=True, slots=True)
class Risk:
    """A fault that a profile has: its probability per reply, its trigger, and in which requests."""

    fault: Fault
    p: float = 1.0
    trigger: Trigger = field(default_factory=Trigger)
    span: Span = _ALWAYS


@dataclass(frozen=True, slots=True)
class HttpRisk:
    """A fault of HTTP that a profile has; ``seconds`` is how long, None for as usual."""

    fault: HttpFault
    p: float = 1.0
    seconds: float | None = None
    span: Span = _ALWAYS


@dataclass(frozen=True, slots=True)
class Profile:
    """A named endpoint. ``description`` is one sentence for people."""

    name: str
    description: str
    risks: tuple[Risk, ...] = ()
    http: tuple[HttpRisk, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Slugs of its faults."""
        sent = tuple(risk.fault.slug for risk in self.http)
        return sent + tuple(risk.fault.slug for risk in self.risks)

    @property
    def is_asked_for(self) -> bool:
        """Whether somebody named these very faults, and would miss one that doesn't strike."""
        return self.name.startswith(_BY_NAME)

    def at(self, number: int) -> "Profile":
        """Return what it is like in its n-th request."""
        spans = [risk.span for risk in self.http] + [risk.span for risk in self.risks]
        if all(span is _ALWAYS for span in spans):
            return self
        return replace(
            self,
            risks=tuple(risk for risk in self.risks if number in risk.span),
            http=tuple(risk for risk in self.http if number in risk.span),
        )


@cache
def profiles() -> dict[str, Profile]:
    """Return the profiles of profiles.toml by name."""
    return {name: _profile(name, entry) for name, entry in _entries().items()}


@cache
def _entries() -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath("profiles.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1024)
def profile_named(name: str) -> Profile | None:
    """Return the profile of that name, or one made for a name like ``fault:slug@0.5+slug~1-2``.

    ``@`` is the probability, ``~`` says in which requests, counted from 1 (``~2``, ``~1-3``,
    ``~4-``). None when it is neither; raises UsageError for a ``fault:`` name that names no fault.
    """
    name = name.removeprefix("sim/")
    if not name.startswith(_BY_NAME):
        # Those of other profiles need not be looked up: all faults take long to load.
        entry = _entries().get(name)
        return None if entry is None else _profile(name, entry)
    listed = name.removeprefix(_BY_NAME)
    return _with(name, f"A perfect endpoint but for {listed}.", map(_named, listed.split("+")))


def _with(name: str, description: str, risks: Iterable[Risk | HttpRisk]) -> Profile:
    every = list(risks)
    said = tuple(risk for risk in every if isinstance(risk, Risk))
    sent = tuple(risk for risk in every if isinstance(risk, HttpRisk))
    return Profile(name, description, said, sent)


def check_profile(name: str) -> Profile:
    """Return the profile of that name; raises UsageError with the nearest names."""
    profile = profile_named(name)
    if profile is None:
        bare = name.removeprefix("sim/")
        if bare in faults() or is_http(bare):
            raise UsageError(f"{bare!r} is a fault", f"say fault:{bare}")
        raise UsageError(
            f"no simulated profile is called {name!r}",
            did_you_mean(bare, profiles()) or "`toolfuzz list profiles` names them all",
        )
    return profile


def profile_with(faults: Sequence[str], seconds: float | None = None) -> Profile:
    """Return a perfect endpoint with these faults, each written as in ``fault:`` names.

    ``seconds`` is how long those of HTTP take. Raises UsageError.
    """
    risks = [_named(text) for text in faults]
    timed = [
        replace(risk, seconds=seconds) if isinstance(risk, HttpRisk) else risk for risk in risks
    ]
    return _with(f"{_BY_NAME}{'+'.join(faults)}", "", timed)


def _named(text: str) -> Risk | HttpRisk:
    rest, _, requests = text.partition("~")
    slug, _, share = rest.partition("@")
    try:
        p = float(share) if share else 1.0
    except ValueError:
        p = -1.0
    if not 0 <= p <= 1:
        raise UsageError(f"{text!r}: the probability after @ is not a number from 0 to 1")
    span = _span(requests) if "~" in text else _ALWAYS
    if is_http(slug):
        return HttpRisk(find_http(slug), p, span=span)
    return Risk(find(slug), p, span=span)


def _span(text: str) -> Span:
    match = re.fullmatch(r"([1-9]\d{0,8})(-([1-9]\d{0,8})?)?", text)
    last = int(match[3]) if match and match[3] else None
    if match is None or (last is not None and last < int(match[1])):
        raise UsageError(
            f"{text!r}: which requests have the fault?",
            "~2 is the second, ~1-3 the first three, ~4- all from the fourth on",
        )
    return Span(int(match[1]), last if match[2] else int(match[1]))


_CONDITIONS = {f.name for f in fields(Trigger)}


def _profile(name: str, entry: dict[str, Any]) -> Profile:
    return _with(name, entry["description"], map(_risk, entry.get("faults", ())))


def _risk(entry: dict[str, Any]) -> Risk:
    known = {key: value for key, value in entry.items() if key not in ("slug", "p")}
    unknown = known.keys() - _CONDITIONS
    if unknown:
        raise ValueError(f"profiles.toml: {min(unknown)} is no trigger condition")
    return Risk(find(entry["slug"]), entry.get("p", 1.0), Trigger(**known))
