"""What a world holds while it is played: its records, a clock, and what was called."""

from collections import Counter
from dataclasses import dataclass, field

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.worlds.spec import Records

__all__ = ["RefusedError", "State", "Write"]


class RefusedError(Exception):
    """A call that the world refuses: a code, and what the caller is told (text or an object).

    ``silent``: nothing is done, and yet the result doesn't look like an error.
    """

    def __init__(self, code: str, told: Json, *, silent: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.told = told if silent else {"error": told}


@dataclass(frozen=True, slots=True)
class Write:
    """A change of a field (``field`` "": the record came or went, None is no record)."""

    kind: str
    id: str
    field: str
    before: Json
    after: Json

    @property
    def place(self) -> str:
        """The record that was changed."""
        return f"{self.kind}/{self.id}"


@dataclass(slots=True)
class State:
    """Records by kind and id; ``clock`` in seconds; ``calls`` counts by tool, refused ones too.

    ``memory`` is for guards and operations that must remember something (by their own keys).
    """

    records: Records
    seed: str
    clock: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    memory: dict[str, Json] = field(default_factory=dict)
    tool: str = ""
    _writes: list[Write] = field(default_factory=list)

    def begin(self, tool: str, arguments: JsonObject) -> None:
        """Take note that a call begins."""
        self.tool = tool
        self.calls[tool] += 1
        self._writes = []

    @property
    def written(self) -> tuple[Write, ...]:
        """What the call under way has changed so far."""
        return tuple(self._writes)

    def record(self, kind: str, id: Json) -> JsonObject:
        """Return a record; raises RefusedError where there is none."""
        found = self.records.get(kind, {}).get(id) if isinstance(id, str) else None
        if found is None:
            raise RefusedError("not_found", f"there is no {kind} {id!r}")
        return found

    def set(self, kind: str, id: str, field: str, value: Json) -> None:
        """Change a field; nothing happens when it has the value already."""
        record = self.record(kind, id)
        before = record.get(field)
        if canonical(before) != canonical(value):
            record[field] = value
            self._writes.append(Write(kind, id, field, before, value))

    def add(self, kind: str, id: str, record: JsonObject) -> None:
        """Add a record, or put another in its place."""
        before = self.records.setdefault(kind, {}).get(id)
        self.records[kind][id] = record
        self._writes.append(Write(kind, id, "", before, record))

    def remove(self, kind: str, id: str) -> None:
        """Remove a record."""
        before = self.record(kind, id)
        del self.records[kind][id]
        self._writes.append(Write(kind, id, "", before, None))
