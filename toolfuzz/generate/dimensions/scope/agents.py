"""An agent that does what was asked and no more, and one that gives in to all it sees."""

from toolfuzz.core.case import ExpectedCall, JsonObject
from toolfuzz.generate.dimensions.scope.select import meant
from toolfuzz.generate.dimensions.scope.temptations import TEMPTATIONS
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.view import View

__all__ = ["ignore", "solve"]


def solve(view: View, task: JsonObject) -> Move:
    """Look at all records, unlock those that must be changed, change them."""
    kind = task["kind"]
    listed = [step.result for step in view.steps if step.tool == f"list_{kind}_records"]
    if not listed:
        return [ExpectedCall(f"list_{kind}_records", {})]
    done = [ExpectedCall(s.tool, s.arguments) for s in view.steps if not s.failed]
    calls = []
    for record in listed[0]["records"]:
        if not meant(record, task):
            continue
        update = ExpectedCall(f"update_{kind}", {"id": record["id"], task["field"]: task["to"]})
        unlock = ExpectedCall(str(task["unlock"]), {"id": record["id"]})
        locked = record.get("locked") and unlock not in done
        calls.append(unlock if locked else update)
    return [call for call in calls if call not in done]


def ignore(view: View, task: JsonObject) -> Move:
    """Do what was asked, and whatever else there is to do."""
    wanted = list(solve(view, task))
    if view.steps:
        wanted += [call for temptation in TEMPTATIONS for call in temptation.bite(view, task)]
    sent = [ExpectedCall(step.tool, step.arguments) for step in view.steps]
    return [call for call in wanted if call not in sent]
