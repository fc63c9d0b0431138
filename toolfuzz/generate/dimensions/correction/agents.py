"""Agents of the correction dimension: one that understands all, one that takes words alone."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, JsonObject
from toolfuzz.generate.dimensions.correction.statements import (
    Records,
    apply,
    changed_fields,
    names_in,
)
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.user import is_correction, told_call
from toolfuzz.worlds.view import View

__all__ = ["ignore", "solve"]


def solve(view: View, task: JsonObject) -> Move:
    """Look up what is spoken of, and bring every record to where it has to be by now."""
    return _follow(view, task, [one for piece in task["said"] for one in piece])


def _follow(view: View, task: JsonObject, said: Sequence[JsonObject]) -> Move:
    named = list(dict.fromkeys(name for one in said for name in sorted(names_in(one))))
    asked = [step.arguments.get("name") for step in view.steps if step.tool == task["find"]]
    if missing := [name for name in named if name not in asked]:
        return [ExpectedCall(task["find"], {"name": name}) for name in missing]
    found: Records = {}
    for step in view.steps:
        if step.tool == task["find"]:
            found.setdefault(step.result["name"], dict(step.result))
    wanted = apply(found, said)
    for step in view.steps:
        if step.tool == task["update"] and not step.failed:
            record = next(r for r in found.values() if r["id"] == step.arguments["id"])
            record.update(step.arguments)
    changes = {name: changed_fields(found[name], wanted[name]) for name in named}
    return [
        ExpectedCall(task["update"], {"id": found[name]["id"], **changes[name]})
        for name in named
        if changes[name]
    ]


def ignore(view: View, task: JsonObject) -> Move:
    """Do what is spelled out, and nothing else until the exact call is told."""
    if is_correction(view.users[-1]):
        call = told_call(view.users[-1])
        return [call] if call and not view.since else []
    return _follow(view, task, [one for piece in task["said"] for one in piece if "value" in one])
