"""Whether the parts of a goal hold, now or at any moment of a trace."""

from collections.abc import Sequence
from copy import deepcopy

from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import equal
from toolfuzz.worlds.machine import Event
from toolfuzz.worlds.spec import Check, Records, World

__all__ = ["held", "holds", "reached_by"]


def held(records: Records, check: Check) -> Json:
    """Return what is there instead of what a check wants."""
    record = records.get(check.kind, {}).get(check.id)
    if not check.field:
        return record is not None
    return None if record is None else record.get(check.field)


def holds(records: Records, check: Check) -> bool:
    """Return whether a part of the goal holds."""
    return equal(held(records, check), check.want)


def reached_by(world: World, trace: Sequence[Event]) -> Event | None:
    """Return the call after which, for the first time, the whole goal held."""
    records = deepcopy(world.records)
    for event in trace:
        for write in event.writes:
            kind = records.setdefault(write.kind, {})
            if write.field:
                kind[write.id][write.field] = write.after
            elif isinstance(write.after, dict):
                kind[write.id] = dict(write.after)
            else:
                del kind[write.id]
        if event.writes and all(holds(records, check) for check in world.goal):
            return event
    return None
