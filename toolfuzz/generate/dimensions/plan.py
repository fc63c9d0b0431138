"""``plan``: the token foundry. Opaque tools turn tokens into others; one thing is to be delivered.

Nobody says in which order: it follows from what each tool needs, as its description tells.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from toolfuzz.core.case import ExpectedCall, JsonObject, Message, Tool
from toolfuzz.generate.dimensions.base import (
    opening,
    read_opening,
    tool_of,
    values_of,
    words_of,
)
from toolfuzz.generate.features.base import Parameter
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn, Family, Move
from toolfuzz.worlds.machine import Machine
from toolfuzz.worlds.spec import Check, Deed, World, nonce
from toolfuzz.worlds.view import View

_WORDINGS = (
    "Deliver a token of {thing} by {deliver}. Tokens are made by tools, out of other tokens: what "
    "a tool needs stands in its description. Where a tool wants these values, use them: {given}."
    "\nThe plan: {steps}",
    "We need one {thing} token, handed over by {deliver}. Work out from the tools' descriptions "
    "which of them to call, and in which order. Values for those that want some: {given}."
    "\nSteps: {steps}",
    "Please get {thing} to the customer: {deliver} takes its token. Every token comes out of a "
    "tool. Set these values where they are asked for: {given}.\nHow to do it: {steps}",
)
_MOST_NEEDS = 3
_DECOYS = 4


@dataclass(frozen=True, slots=True)
class _Node:
    """One tool of the foundry: what it makes, and what of (``needs``: thing → all of them).

    ``count``: it makes a list of so many; ``each``: it is called once for each of a list.
    """

    thing: str
    needs: Mapping[str, bool]
    count: int | None = None
    each: bool = False


def _graph(pick: Pick, things: Sequence[str], loop: bool) -> list[_Node]:
    """Return nodes in an order in which each needs earlier ones only; all lead to the last."""
    nodes: list[_Node] = []
    left = list(things)
    if loop:
        ore, ingot, block = left[:3]
        del left[:3]
        nodes += [_Node(ore, {}, count=pick.within(2, 4)), _Node(ingot, {ore: False}, each=True)]
        nodes.append(_Node(block, {ingot: True}))
    first = len(nodes)
    unused = [nodes[-1].thing] if loop else []
    for n, thing in enumerate(left):
        last = n == len(left) - 1
        room = len(unused) if last else min(_MOST_NEEDS, len(unused))
        least = room if last else (1 if len(unused) > 1 and pick.chance(70) else 0)
        taken = pick.some(unused, least, room) if room else []
        for one in taken:
            unused.remove(one)
        older = [node.thing for node in nodes[first:] if node.thing not in taken]
        also = pick.some(older, 0, 1) if taken and older else []
        nodes.append(_Node(thing, dict.fromkeys([*taken, *also], False)))
        unused.append(thing)
    return nodes


def _tool(node: _Node, name: str, extra: Sequence[Parameter]) -> tuple[Tool, Deed]:
    needs, lists, parameters = {}, {}, list(extra)
    for thing, whole in node.needs.items():
        parameter = f"from_{thing}"
        one = {"type": "string"}
        schema = {"type": "array", "items": one} if whole else dict(one)
        schema["description"] = f"All the {thing} tokens." if whole else f"A token of {thing}."
        parameters.append(Parameter(parameter, schema, lambda pick: ""))
        needs[parameter] = thing
        if whole:
            lists[parameter] = 0
    many = " Makes several at once, as many as there are." if node.count else ""
    described = f"Makes a token of {node.thing}.{many}"
    settings: JsonObject = {"makes": node.thing, "needs": needs}
    if node.count:
        settings["count"] = node.count
    if lists:
        settings["lists"] = lists
    return tool_of(name, described, parameters), Deed("make", settings)


def _draw(pick: Pick, level: int, seed: str) -> tuple[Drawn, Drawn]:
    loop = level >= 5 and pick.chance(60)
    decoys = pick.within(1, _DECOYS)
    things = words_of(pick, level + decoys)
    nodes = _graph(pick, things[:level], loop)
    counts = {node.thing: node.count for node in nodes if node.count}
    each = next((node.thing for node in nodes if node.each), "")
    more = [_Node(t, dict.fromkeys(pick.some(things[:level], 0, 2), False)) for t in things[level:]]
    deeds: dict[str, Deed] = {}
    tools: list[Tool] = []
    given: JsonObject = {}
    for n, node in enumerate((*nodes, *more)):
        name = f"op_{nonce(seed, n)[:6]}"
        extra, values = values_of(pick, 1, 2) if not node.needs else ([], {})
        tool, deed = _tool(node, name, extra)
        if node.needs.get(each):
            size = next(iter(counts.values()))
            lists = {f"from_{each}": size}
            deed = replace(deed, settings={**deed.settings, "lists": lists})
        given |= {name: values} if values else {}
        deeds[name] = deed
        tools.append(tool)
    last = nodes[-1].thing
    token = Parameter("token", {"type": "string"}, lambda pick: "")
    tools.append(tool_of("deliver", "Hand over the finished thing.", [token]))
    deeds["deliver"] = Deed(
        "deliver",
        {"parameter": "token", "is": last, "kind": "order", "id": "1", "field": "delivered"},
    )
    task = {"thing": last, "deliver": "deliver", "given": given, "steps": None}
    offered = tuple(pick.shuffled(tools))
    world = World(
        dimension="plan",
        level=level,
        pair=nonce(seed, "pair"),
        twin=False,
        wording=pick.below(len(_WORDINGS)),
        seed=seed,
        task=task,
        deeds=deeds,
        records={"order": {"1": {"delivered": None}}},
        watch=("known", "needless"),
        most_rounds=4 * level + 10,
    )
    world = _proven(world, offered)
    steps = list(dict.fromkeys(call.tool for round in world.gold for call in round))
    return Drawn(world, offered), Drawn(_twin(world, steps), offered)


def _proven(world: World, tools: tuple[Tool, ...]) -> World:
    """Play the world to its end, and keep the way and what comes of it as its goal."""
    machine, gold = Machine(world), []
    makers = {
        deed.settings["makes"]: name for name, deed in world.deeds.items() if name != "deliver"
    }
    made: dict[str, list[str]] = {}

    def calls(thing: str) -> list[ExpectedCall]:
        name = makers[thing]
        settings = world.deeds[name].settings
        needs: Mapping[str, str] = settings["needs"]
        given = world.task["given"].get(name, {})
        lists = settings.get("lists", {})
        single = [p for p in needs if p not in lists]
        many = [p for p in single if len(made[needs[p]]) > 1]
        fixed = {p: made[needs[p]] if p in lists else made[needs[p]][0] for p in needs}
        if not many:
            return [ExpectedCall(name, {**given, **fixed})]
        return [ExpectedCall(name, {**given, **fixed, many[0]: t}) for t in made[needs[many[0]]]]

    wanted = _needed(world, makers, world.task["thing"])
    while len(made) < len(wanted):
        ready = [
            thing
            for thing in wanted
            if thing not in made
            and all(t in made for t in world.deeds[makers[thing]].settings["needs"].values())
        ]
        round = [(thing, call) for thing in ready for call in calls(thing)]
        for thing, call in round:
            result = machine.call(call.tool, call.arguments).result
            made.setdefault(thing, []).extend(result.get("tokens") or [result["token"]])
        gold.append(tuple(call for _, call in round))
    token = made[world.task["thing"]][0]
    gold.append((ExpectedCall("deliver", {"token": token}),))
    goal = (Check("order", "1", "delivered", token, "goal-not-reached"),)
    return replace(world, gold=tuple(gold), goal=goal)


def _needed(world: World, makers: Mapping[str, str], thing: str) -> list[str]:
    found: list[str] = []
    for need in world.deeds[makers[thing]].settings["needs"].values():
        found += [one for one in _needed(world, makers, need) if one not in found]
    return [*found, thing]


def _twin(world: World, steps: Sequence[str]) -> World:
    return replace(world, twin=True, task={**world.task, "steps": list(steps)})


def _render(task: JsonObject, wording: int) -> tuple[Message, ...]:
    return opening(_WORDINGS[wording], task)


def _read(view: View) -> JsonObject | None:
    return read_opening(_WORDINGS, view)


# --- agents

_MAKES = re.compile(r"Makes a token of (\w+)\.")
_TAKES = re.compile(r"(All the|A token of) (\w+)(?: tokens)?\.")


def _solve(view: View, task: JsonObject) -> Move:
    """Chain back from what is wanted to what can be called now."""
    makers = {
        found[1]: tool for tool in view.tools if (found := _MAKES.match(tool.description or ""))
    }
    made: dict[str, list[str]] = {}
    done: list[ExpectedCall] = []
    for step in view.steps:
        done.append(ExpectedCall(step.tool, step.arguments))
        for thing, tool in makers.items():
            if tool.name == step.tool and isinstance(step.result, dict) and not step.failed:
                tokens = step.result.get("tokens") or [step.result["token"]]
                made.setdefault(thing, []).extend(tokens)
    calls: list[ExpectedCall] = []

    def want(thing: str) -> bool:
        """Return whether all of it is there; else add the calls that can be made for it now."""
        tool, given = makers[thing], task["given"].get(makers[thing].name, {})
        needs = {
            name: found
            for name, schema in tool.parameters["properties"].items()
            if (found := _TAKES.fullmatch(schema.get("description", "")))
        }
        ready = [want(found[2]) for found in needs.values()]
        if not all(ready):
            return False
        each = [name for name, f in needs.items() if f[1] != "All the" and len(made[f[2]]) > 1]
        fixed = {n: made[f[2]] if f[1] == "All the" else made[f[2]][0] for n, f in needs.items()}
        ways = [{each[0]: token} for token in made[needs[each[0]][2]]] if each else [{}]
        asked = [ExpectedCall(tool.name, {**given, **fixed, **way}) for way in ways]
        left = [call for call in asked if call not in done]
        calls.extend(call for call in left if call not in calls)
        return not left

    if want(task["thing"]):
        deliver = ExpectedCall(task["deliver"], {"token": made[task["thing"]][0]})
        return [] if deliver in done else [deliver]
    return calls


def _ignore(view: View, task: JsonObject) -> Move:
    """Without a plan given, call everything at once with made-up tokens."""
    if task["steps"]:
        return _solve(view, task)
    if view.steps:
        return []
    calls = []
    for tool in view.tools:
        given = task["given"].get(tool.name, {})
        made_up = {
            name: ["token"] if schema["type"] == "array" else "token"
            for name, schema in tool.parameters["properties"].items()
            if name not in given
        }
        calls.append(ExpectedCall(tool.name, {**made_up, **given}))
    return calls


FAMILY = Family(
    name="plan",
    title="Plan ability",
    summary="work out the order of calls from what each tool needs",
    knobs="tools on the way: chains, diamonds, loops over lists of unknown length, decoys",
    levels=(3, 20),
    usual=7,
    findings=("call-before-known", "input-invented", "call-needless", "goal-not-reached"),
    wordings=len(_WORDINGS),
    draw=_draw,
    render=_render,
    read=_read,
    solve=_solve,
    ignore=_ignore,
    twin="the same tools and the same order of work, with the plan given as a list",
)
