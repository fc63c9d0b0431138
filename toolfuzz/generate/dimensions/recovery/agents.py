"""An agent that repairs what can be repaired, by codes alone, and one that looks at no error."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from toolfuzz.core.case import ExpectedCall, Json, JsonObject
from toolfuzz.core.jsonvalue import equal
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.view import Step, View

__all__ = ["ignore", "solve"]


@dataclass(slots=True)
class _Item:
    """One record of the task: what is known of it, and what comes ``next``."""

    id: str
    value: Json
    task: JsonObject
    now: str = ""
    next: str = "get"
    sent: bool = False
    named: bool = False
    record: JsonObject = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    def take(self, step: Step) -> None:
        """Take in what a call came to."""
        if self.next in ("done", "impossible"):
            return
        if step.arguments not in ({"formerly": self.id}, {"id": self.now}) and (
            step.tool != self.task["update"] or step.arguments["id"] != self.now
        ):
            return
        name = self._short(step.tool)
        if step.failed:
            self._repair(name, step.result["error"]["code"])
        elif name == "get":
            self._seen(step.result)
        elif name == "update":
            self.sent, self.next = True, "get"
        elif name == "find":
            found = step.result["records"]
            self.now = found[0]["id"] if found else ""
            self.next = "get" if found else "impossible"
        elif name == "access":
            self.next = "update"

    def _short(self, tool: str) -> str:
        kind = self.task["kind"]
        names = {self.task["get"]: "get", self.task["update"]: "update", f"find_{kind}": "find"}
        return {**names, f"request_{kind}_access": "access"}.get(tool, "")

    def _seen(self, record: JsonObject) -> None:
        self.record = record
        if equal(record[self.task["field"]], self.value):
            self.next = "done"
        elif self.sent:
            self.sent = False
            self._again("update")
        else:
            self.next = "update"

    def _again(self, name: str) -> None:
        self.tries[name] += 1
        self.next = name if self.tries[name] < self.task["tries"] else "impossible"

    def _repair(self, name: str, code: str) -> None:
        match code:
            case "unavailable":
                self._again(name)
            case "conflict":
                self.next = "get"
            case "invalid":
                self.named, self.next = True, name
            case "not_found":
                self.next = "find"
            case "forbidden":
                self.next = "access"
            case "denied":
                self.next = "impossible"
            case _:
                self.next = name

    def call(self) -> ExpectedCall | None:
        """Return the next call for it; None when there is none."""
        kind = self.task["kind"]
        match self.next:
            case "get":
                return ExpectedCall(self.task["get"], {"id": self.now})
            case "update":
                given = {"id": self.now, "version": self.record["version"]}
                given[self.task["field"]] = self.value
                if self.named:
                    given["details"] = {"reference": self.record["reference"]}
                return ExpectedCall(self.task["update"], given)
            case "find":
                return ExpectedCall(f"find_{kind}", {"formerly": self.id})
            case "access":
                return ExpectedCall(f"request_{kind}_access", {"id": self.now})
            case _:
                return None


def solve(view: View, task: JsonObject) -> Move:
    """Bring every record as far as it can be brought, then send notices and report."""
    items = [_Item(id, value, task, now=id) for id, value in task["set"].items()]
    for step in view.steps:
        for item in items:
            item.take(step)
    pause = _pause(view.steps)
    if pause:
        return [pause]
    calls = [call for item in items if (call := item.call())]
    if calls:
        return calls
    done = [item.id for item in items if item.next == "done"]
    return _notices(view, task, done) or _reports(view, task, done)


def _pause(steps: Sequence[Step]) -> ExpectedCall | None:
    """Return what is to be called when calls came too fast: wait as long as it was told."""
    seconds, asked = None, False
    for step in steps:
        if step.failed and step.result["error"]["code"] == "rate_limited":
            seconds, asked = step.result["error"].get("retry_after"), True
        elif step.tool == "quota":
            seconds = step.result["wait_seconds"]
            asked = asked and seconds > 0
        elif step.tool == "wait":
            seconds, asked = None, False
    if not asked:
        return None
    return ExpectedCall("wait", {"seconds": seconds}) if seconds else ExpectedCall("quota", {})


def _notices(view: View, task: JsonObject, done: Sequence[str]) -> Move:
    if task["notify"] is None:
        return []
    sent = [id for s in view.steps if s.tool == task["notify"] for id in s.result["done"]]
    left = [id for id in done if id not in sent]
    return [ExpectedCall(task["notify"], {"ids": left})] if left else []


def _reports(view: View, task: JsonObject, done: Sequence[str]) -> Move:
    told = {step.arguments["id"] for step in view.steps if step.tool == task["report"]}
    return [
        ExpectedCall(task["report"], {"id": id, "outcome": "done" if id in done else "impossible"})
        for id in task["set"]
        if id not in told
    ]


def ignore(view: View, task: JsonObject) -> Move:
    """Read, change, notify and report each record, whatever the answers say."""
    used = {step.tool for step in view.steps}
    ids = list(task["set"])
    if task["get"] not in used:
        return [ExpectedCall(task["get"], {"id": id}) for id in ids]
    if task["update"] not in used:
        read = {step.arguments["id"]: step.result for step in view.steps}
        return [
            ExpectedCall(
                task["update"], {"id": id, "version": read[id].get("version", ""), task["field"]: v}
            )
            for id, v in task["set"].items()
        ]
    if task["notify"] and task["notify"] not in used:
        return [ExpectedCall(task["notify"], {"ids": ids})]
    return _reports(view, task, ids)
