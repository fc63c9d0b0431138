"""Which records are meant: by name, or by conditions that their fields meet exactly."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.generate.pick import Pick

__all__ = ["NAMED", "UNLESS", "WHERE", "meant", "selection"]

NAMED, WHERE, UNLESS = range(3)
"""How an instruction says which records it means: by name, by conditions, by those but for some."""

_SIZES = (15, 45)
_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda held, wanted: held == wanted,
    "is not": lambda held, wanted: held != wanted,
    "is at least": lambda held, wanted: held >= wanted,
    "is less than": lambda held, wanted: held < wanted,
}


def meant(record: Mapping[str, Any], task: JsonObject) -> bool:
    """Return whether an instruction means a record."""
    if task["named"] is not None:
        return record["name"] in task["named"]
    holds = [_HOLDS[how](record[field], value) for field, how, value in task["where"]]
    left_out = [_HOLDS[how](record[field], value) for field, how, value in task["unless"] or ()]
    return all(holds) and not any(left_out)


def selection(
    pick: Pick,
    form: int,
    level: int,
    records: Sequence[JsonObject],
    sites: Sequence[str],
    teams: Sequence[str],
) -> JsonObject:
    """Choose which records are meant, and change the first and the last so that some are or not.

    Returns the members ``named``, ``where`` and ``unless`` of the task.
    """
    count = pick.within(2, 3 + level // 3)
    if form == NAMED:
        names = [record["name"] for record in records[:count]]
        return {"named": pick.shuffled(names), "where": None, "unless": None}
    size = pick.within(*_SIZES)
    sizes: tuple[list[Any], ...] = (["size", "is at least", size], ["size", "is less than", size])
    more = (pick.of(sizes), ["state", "is not", "new"])
    where: list[list[Any]] = [["site", "is", sites[0]], *pick.some(more, 0, 1 + (level > 3))]
    unless = [["team", "is", teams[0]]] if form == UNLESS else None
    for record in records[:count]:
        _make_meant(record, where, pick.of(teams[1:]))
    if unless:
        _make_meant(records[count], where, teams[0])
    for record in records[-3:]:
        record["site"] = sites[1]
    return {"named": None, "where": where, "unless": unless}


def _make_meant(record: JsonObject, where: Sequence[Sequence[Any]], team: str) -> None:
    record["team"] = team
    for field, how, value in where:
        if _HOLDS[how](record[field], value):
            continue
        match how:
            case "is" | "is at least":
                record[field] = value
            case "is less than":
                record[field] = value - 1
            case _:
                record[field] = "live"
