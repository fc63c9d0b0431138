"""Agents: one that goes through everything, and one that looks at what it sees first."""

import re
from collections.abc import Callable

from toolfuzz.core.case import ExpectedCall, JsonObject
from toolfuzz.generate.dimensions.coordination.changes import CHANGES, corrected, mapped, plainly
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.view import View

__all__ = ["ignore", "solve", "updating"]

Records = dict[str, JsonObject]


def solve(view: View, task: JsonObject) -> Move:
    """Read all pages, then change what has to be changed, and no more at once than is allowed."""
    return _moved(view, task, corrected, pages=True)


def ignore(view: View, task: JsonObject) -> Move:
    """Take the first page for all there is, and what looks alike for the same."""

    def obvious(task: JsonObject, record: JsonObject) -> JsonObject:
        change = CHANGES[task["change"]]
        if change.number:
            return mapped(change, record, lambda one: one * 1000) | {"unit": "g"}
        named = (change.key, change.many, change.homonym, "link", "settings")
        return record | {name: plainly(task, record[name]) for name in named}

    return _moved(view, task, obvious, pages=False)


def updating(task: JsonObject, changes: Records, most: int | None) -> list[ExpectedCall]:
    """Return the calls that set fields of records (id → field → value), ``most`` in a call.

    None: each is set by a call of its own.
    """
    if most is None:
        return [ExpectedCall(task["update"], {"id": i, "changes": c}) for i, c in changes.items()]
    items = [{"id": id, **fields} for id, fields in changes.items()]
    chunks = [items[at : at + most] for at in range(0, len(items), most)]
    return [ExpectedCall(task["update"], {"updates": chunk}) for chunk in chunks]


def _moved(
    view: View, task: JsonObject, right: Callable[[JsonObject, JsonObject], JsonObject], pages: bool
) -> Move:
    records: Records = {}
    cursor: str | None = ""
    for step in view.steps:
        result = step.result if isinstance(step.result, dict) else {}
        if step.tool == task["list"]:
            cursor = result.get("next_cursor")
            for record in result.get("records", ()):
                records.setdefault(record["id"], record)
        elif step.tool.startswith("get_") and result.get("id") in records:
            records[result["id"]] = result
    if cursor is not None and (pages or not cursor):
        return [ExpectedCall(task["list"], {"cursor": cursor} if cursor else {})]
    unread = [id for id, record in records.items() if "settings" not in record]
    if unread:
        get = next(tool.name for tool in view.tools if tool.name.startswith("get_"))
        return [ExpectedCall(get, {"id": id}) for id in unread]
    changes: Records = {}
    for id, record in records.items():
        after = right(task, record)
        fields = {n: v for n, v in after.items() if n != "id" and v != record[n]}
        if fields:
            changes[id] = fields
    calls = updating(task, changes, _most(view, task))
    if "rekey" in task:
        calls.insert(0, ExpectedCall(task["rekey"], {"id": task["old"], "new_id": task["new"]}))
    done = [ExpectedCall(step.tool, step.arguments) for step in view.steps]
    return [call for call in calls if call not in done]


def _most(view: View, task: JsonObject) -> int | None:
    told = next(tool.description or "" for tool in view.tools if tool.name == task["update"])
    found = re.search(r"at most (\d+)", told)
    return int(found[1]) if found else None
