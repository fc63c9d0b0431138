"""One agent that plans, and one that calls everything at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.generate.dimensions.plan.texts import Used, makes, uses
from toolfuzz.worlds.family import Move
from toolfuzz.worlds.view import View

__all__ = ["ignore", "solve"]


@dataclass(slots=True)
class _Bench:
    """What there is: the maker of each thing, its tokens so far, and what was called."""

    task: JsonObject
    makers: dict[str, Tool]
    needs: dict[str, list[Used]]
    tokens: dict[str, list[str]] = field(default_factory=dict)
    called: list[ExpectedCall] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    """Thing → where its list goes on."""

    def chain(self, thing: str) -> list[str]:
        """Return all things that are made on the way to one, those first that can be first."""
        depths: dict[str, int] = {}

        def depth(one: str) -> int:
            if one not in depths:
                depths[one] = 1 + max((depth(used.thing) for used in self.needs[one]), default=0)
            return depths[one]

        depth(thing)
        return sorted(depths, key=lambda one: (depths[one], one))

    def calls_for(self, thing: str) -> list[ExpectedCall]:
        """Return the calls that make all of a thing, as far as they can be made now."""
        if any(self.left(used.thing) for used in self.needs[thing]):
            return []
        tool = self.makers[thing]
        given = self.task["given"].get(tool.name, {})
        ways: list[JsonObject] = [dict(given)]
        for used in self.needs[thing]:
            tokens = self.tokens[used.thing]
            values = [tokens] if used.need == "all" else tokens
            ways = [_put(way, used.path, value) for way in ways for value in values]
        if thing in self.cursors:
            ways = [{**way, "cursor": self.cursors[thing]} for way in ways]
        return [ExpectedCall(tool.name, way) for way in ways]

    def left(self, thing: str) -> bool:
        """Whether a thing isn't there yet, or not all of it."""
        if thing not in self.tokens or thing in self.cursors:
            return True
        several = [used for used in self.needs[thing] if used.need == "each"]
        return any(len(self.tokens[thing]) < len(self.tokens[used.thing]) for used in several)


def _put(given: JsonObject, path: Sequence[str], value: object) -> JsonObject:
    name, *inner = path
    return {**given, name: _put(given.get(name, {}), inner, value) if inner else value}


def _bench(view: View, task: JsonObject) -> _Bench:
    makers = {thing: tool for tool in view.tools if (thing := makes(tool)) is not None}
    bench = _Bench(task, makers, {thing: list(uses(tool)) for thing, tool in makers.items()})
    things = {tool.name: thing for thing, tool in makers.items()}
    for step in view.steps:
        if not isinstance(step.result, dict) or step.failed:
            continue
        bench.called.append(ExpectedCall(step.tool, step.arguments))
        if thing := things.get(step.tool):
            told = step.result.get("tokens") or [step.result["token"]]
            known = bench.tokens.setdefault(thing, [])
            known += [token for token in told if token not in known]
            bench.cursors.pop(thing, None)
            if following := step.result.get("next_cursor"):
                bench.cursors[thing] = following
    return bench


def solve(view: View, task: JsonObject) -> Move:
    """Chain back from what is wanted to what can be called now; submit a plan where one is due."""
    bench, wanted = _bench(view, task), task["thing"]
    things = bench.chain(wanted)
    names = [call.tool for call in bench.called]
    if task["submit"] and task["submit"] not in names:
        steps = [*(bench.makers[thing].name for thing in things), task["deliver"]]
        return [ExpectedCall(task["submit"], {"steps": steps})]
    if not bench.left(wanted):
        token = bench.tokens[wanted][0]
        return [] if task["deliver"] in names else [ExpectedCall(task["deliver"], {"token": token})]
    calls: list[ExpectedCall] = []
    for thing in filter(bench.left, things):
        ready = bench.calls_for(thing)
        # Whoever has submitted a plan begins nothing before what comes first in it.
        if task["submit"] and not ready and bench.makers[thing].name not in names:
            break
        calls += ready
    return [call for call in calls if call not in bench.called]


def ignore(view: View, task: JsonObject) -> Move:
    """Without being told the way, call everything at once with made-up tokens."""
    if task["steps"]:
        return solve(view, task)
    if view.steps:
        return []
    calls = []
    for tool in view.tools:
        given: JsonObject = dict(task["given"].get(tool.name, {}))
        for used in uses(tool):
            given = _put(given, used.path, ["token"] if used.need == "all" else "token")
        if makes(tool):
            calls.append(ExpectedCall(tool.name, given))
    return [*calls, ExpectedCall(task["deliver"], {"token": "token"})]
