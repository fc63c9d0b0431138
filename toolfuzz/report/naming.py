"""Names that are too long to be read, as people get to see them. JSON has them whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.text import NAME_LENGTH, shortly

__all__ = ["Names", "names_in", "readable"]

_NAMES = ("target", "label", "endpoint", "model")
_NAMED = ("tools", "defects", "warnings", "features", "probes", "dimensions")
"""Parts of a target's figures whose members are called like what they are about."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Names:
    """What each of the long names is called instead, the longest first."""

    shorter: Mapping[str, str]

    def of(self, value: T) -> T:
        """Return text or JSON with the long names in it shortened, those of members too."""
        return self._of(value) if self.shorter else value

    def _of(self, value: Json) -> Json:
        if isinstance(value, str):
            for name, short in self.shorter.items():
                value = value.replace(name, short)
            return value
        if isinstance(value, dict):
            return {self._of(name): self._of(member) for name, member in value.items()}
        return [self._of(item) for item in value] if isinstance(value, list | tuple) else value


def names_in(*summaries: JsonObject) -> Names:
    """Return the long names in summaries and comparisons; no two of them are shortened alike."""
    long = {name for one in summaries for name in _names(one) if len(name) > NAME_LENGTH}
    shorter: dict[str, str] = {}
    for name in sorted(long, key=lambda name: (-len(name), name)):
        short = shortly(name)
        taken = list(shorter.values())
        others = sum(one == short or one.startswith(f"{short} (") for one in taken)
        shorter[name] = f"{short} ({others + 1})" if others else short
    return Names(shorter)


def readable(summary: JsonObject) -> JsonObject:
    """Return a summary, or a comparison, as people read it."""
    return names_in(summary).of(summary)


def _names(summary: JsonObject) -> Iterator[str]:
    for row in (*summary.get("targets", ()), *summary.get("rows", ())):
        yield from (row[name] for name in _NAMES if isinstance(row.get(name), str))
        yield from (name for part in _NAMED for name in row.get(part) or ())
    for skip in summary.get("skipped", ()):
        yield skip["tool"]
    for source in summary.get("sources", ()):
        yield source["place"]
    check = summary.get("check") or {}
    yield from (check[name] for name in ("candidate", "baseline") if name in check)
