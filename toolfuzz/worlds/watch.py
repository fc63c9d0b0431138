"""What else is looked for in a trace, by name: each returns (slug, severity, event, message).

Nothing here knows a dimension; a world names what applies to it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from toolfuzz.worlds.machine import Event, Machine
from toolfuzz.worlds.view import texts_of

__all__ = ["WATCHES", "Seen", "Watch"]


class Seen(NamedTuple):
    """Something that was seen: ``event`` is the call that shows it, None for the whole."""

    slug: str
    severity: Literal["error", "warn"]
    event: Event | None
    message: str


Watch = Callable[[Machine, bool], Iterator[Seen]]
"""Takes the machine and whether the model itself ended the talk."""


def _known(machine: Machine, ended: bool) -> Iterator[Seen]:
    """A token that nobody had said when it was used."""
    said: set[str] = set()
    pending: list[Event] = []
    for event in machine.trace:
        if pending and pending[-1].round < event.round:
            said |= {text for before in pending for text in texts_of(before.result)}
            pending = []
        pending.append(event)
        if event.error != "unknown_token":
            continue
        needs = machine.world.deeds[event.tool].settings.get("needs", {})
        for parameter, thing in needs.items():
            given = event.arguments.get(parameter)
            for token in given if isinstance(given, list) else [given]:
                if token in said:
                    continue
                if _makers_called(machine, thing, event):
                    told = f"{parameter} is {token!r}, which stands in no result"
                    yield Seen("input-invented", "error", event, told)
                else:
                    told = f"{event.tool} was called before there was any {thing} token"
                    yield Seen("call-before-known", "error", event, told)


def _makers_called(machine: Machine, thing: str, until: Event) -> bool:
    deeds = machine.world.deeds
    makers = {name for name, deed in deeds.items() if deed.settings.get("makes") == thing}
    earlier = (e for e in machine.trace if e.round < until.round and not e.error)
    return any(event.tool in makers for event in earlier)


def _needless(machine: Machine, ended: bool) -> Iterator[Seen]:
    """A call of a tool that no way to the goal needs, or one that was made before."""
    needed = {call.tool for round in machine.world.gold for call in round}
    done: set[tuple[str, str]] = set()
    for event in machine.trace:
        if event.error:
            continue
        again = (event.tool, event.told) in done
        done.add((event.tool, event.told))
        if event.tool not in needed:
            yield Seen("call-needless", "warn", event, f"nothing needs {event.tool}")
        elif again:
            told = f"{event.tool} was called again with what it had already made"
            yield Seen("call-needless", "warn", event, told)


WATCHES: dict[str, Watch] = {"known": _known, "needless": _needless}


def watched(machine: Machine, names: Sequence[str], *, ended: bool) -> Iterator[Seen]:
    """Return everything that the watches of these names see."""
    for name in names:
        yield from WATCHES[name](machine, ended)
