"""What is said of records, and what they come to by it."""

from collections.abc import Sequence

from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import canonical

__all__ = ["Records", "apply", "changed_fields", "names_in"]

Records = dict[str, JsonObject]
"""Fields by the record's name."""


def apply(records: Records, said: Sequence[JsonObject]) -> Records:
    """Return the records as they are after all that was said, in order."""
    now = {name: dict(record) for name, record in records.items()}
    told: dict[str, set[str]] = {name: set() for name in records}
    for one in said:
        name, other, field = one["name"], one.get("other", ""), one.get("field", "")
        match one["do"]:
            case "set":
                now[name][field] = one["value"]
                told[name].add(field)
            case "same":
                now[name][field] = now[other][field]
            case "swap":
                now[name][field], now[other][field] = now[other][field], now[name][field]
            case _:
                now[name] |= {field: now[other][field] for field in told[other]}
    return now


def names_in(said: JsonObject) -> set[str]:
    """Return the records that a statement speaks of."""
    return {said["name"], said.get("other", said["name"])}


def changed_fields(before: JsonObject, after: JsonObject) -> JsonObject:
    """Return the fields that are others afterwards, with their values."""
    return {f: v for f, v in after.items() if canonical(v) != canonical(before.get(f))}
