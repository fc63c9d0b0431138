"""A script: what the first requests are answered, one after the other, whoever asks.

A TOML file with an entry for each reply:

    [[reply]]
    fault = "http-429"                      # see `toolfuzz list faults`; several: a list
    seconds = 2                             # its Retry-After

    [[reply]]
    call = "get_weather"                    # or calls = [{ name = …, arguments = … }, …]
    arguments = { city = "Paris" }

    [[reply]]
    text = "It is sunny in Paris."
    times = 2                               # the same twice

An entry that says neither calls nor text is answered as without a script.
"""

import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import JsonObject
from toolfuzz.core.codec import first_error
from toolfuzz.core.errors import UsageError, did_you_mean
from toolfuzz.formats.plan import Call
from toolfuzz.simulate.faults.registry import is_http
from toolfuzz.simulate.pipeline import Meaning
from toolfuzz.simulate.profiles import Profile, profile_with

__all__ = ["Step", "load_script", "read_script"]

_MOST_TIMES = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One reply of a script: its faults and what it says; None: as without a script."""

    profile: Profile | None
    meaning: Meaning | None = None


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    arguments: JsonObject = Field(default_factory=dict)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    fault: str | list[str] = Field(default_factory=list)
    seconds: float | None = Field(None, ge=0, le=3600)
    call: str | None = None
    arguments: JsonObject | None = None
    calls: list[_Call] | None = None
    text: str | None = None
    times: int = Field(1, ge=1, le=_MOST_TIMES)


def load_script(path: Path) -> tuple[Step, ...]:
    """Read a script from a TOML file; raises UsageError that names the place."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: no TOML: {error}", "see docs/simulator.md") from None
    replies = found.pop("reply", None)
    if found or not isinstance(replies, list):
        odd = f"{min(found)!r} is no part of a script" if found else "it holds no replies"
        raise UsageError(f"{path}: {odd}", "each reply begins with [[reply]]")
    return read_script(replies, place=str(path))


def read_script(replies: Sequence[Mapping[str, Any]], *, place: str = "script") -> tuple[Step, ...]:
    """Read the entries of a script; raises UsageError that names the entry."""
    steps: list[Step] = []
    for number, given in enumerate(replies, 1):
        where = f"{place}: reply {number}"
        try:
            entry = _Entry.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = str(first["loc"][-1]) if first["loc"] else ""
            if first["type"] == "extra_forbidden":
                near = did_you_mean(name, _Entry.model_fields)
                known = f"one of {', '.join(_Entry.model_fields)}"
                raise UsageError(f"{where}: unknown key {name!r}", near or known) from None
            raise UsageError(f"{where}: {first_error(error)}", "see docs/simulator.md") from None
        steps += [_step(entry, where)] * entry.times
    return tuple(steps)


def _step(entry: _Entry, where: str) -> Step:
    listed = [entry.fault] if isinstance(entry.fault, str) else entry.fault
    try:
        profile = profile_with(listed, entry.seconds) if listed else None
    except UsageError as error:
        raise UsageError(f"{where}: {error.message}", error.hint) from None
    if entry.seconds is not None and not any(map(is_http, listed)):
        raise UsageError(f"{where}: seconds of what?", 'add fault = "http-…"')
    if entry.arguments is not None and entry.call is None:
        raise UsageError(f"{where}: arguments without a call", 'add call = "NAME"')
    if entry.call is not None and entry.calls is not None:
        raise UsageError(f"{where}: call and calls", "write all of them into calls")
    calls = entry.calls or []
    if entry.call is not None:
        calls = [_Call(name=entry.call, arguments=entry.arguments or {})]
    if entry.text is None and not calls and entry.calls is None:
        return Step(profile)
    return Step(profile, _saying(entry.text or "", calls))


def _saying(text: str, calls: Sequence[_Call]) -> Meaning:
    def meaning(ask: Ask) -> tuple[str, list[Call]]:
        return text, [Call(call.name, deepcopy(call.arguments)) for call in calls]

    return meaning
