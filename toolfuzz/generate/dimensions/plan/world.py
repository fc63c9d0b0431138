"""The token foundry: opaque tools turn tokens into others, and one token is to be delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.generate.dimensions.base import tool_of, way, words_of
from toolfuzz.generate.dimensions.plan.agents import solve
from toolfuzz.generate.dimensions.plan.graph import Need, Node, drawn
from toolfuzz.generate.dimensions.plan.texts import VERBS, WORDINGS, need_told, render, tool_told
from toolfuzz.generate.features import named
from toolfuzz.generate.features.base import Parameter, fields
from toolfuzz.generate.pick import Pick
from toolfuzz.worlds.family import Drawn
from toolfuzz.worlds.spec import Check, Deed, World, nonce

__all__ = ["draw"]

_SETTINGS = (
    "string", "integer", "boolean", "number", "enum-string", "enum-integer", "integer-bounds",
    "object", "array-of-scalars", "nullable-type-list", "anyof", "array-of-objects", "oneof-const",
)  # fmt: skip
"""Features whose values can be said in a prompt without being odd."""
_DELIVERS = ("deliver", "hand_over", "orders_deliver")
_SUBMITS = ("submit_plan", "plan_submit", "hand_in_plan")
_WORKS = ("cast", "press", "mill", "blend", "draw", "cut", "weave", "fire", "join", "sort")
_NOISE = 5
_ORDER = ("order", "1")


def draw(pick: Pick, level: int, seed: str) -> tuple[Drawn, Drawn]:
    """Draw a foundry and what is wanted of it, and its twin, in which the way is told."""
    things = words_of(pick, level + pick.within(1, 2 + level // 4))
    nodes = drawn(pick, things[:level])
    wanted = nodes[-1].thing
    decoys = [Node(thing, _some_needs(pick, nodes)) for thing in things[level:]]
    offered = [*nodes, *decoys]
    names = _names(pick, offered, seed)
    settings = _settings(pick, offered)
    noise = pick.within(0, min(_NOISE, 1 + level // 4))
    verb, nested = pick.of(VERBS), pick.chance(25)
    tools: list[Tool] = []
    deeds: dict[str, Deed] = {}
    given: JsonObject = {}
    for node, name in zip(offered, names, strict=True):
        extra = settings.get(node.thing, [])
        values = {one.name: one.first[0] for one in extra}
        given |= {name: values} if values else {}
        inside = nested and len(node.needs) > 1
        tools.append(_tool(node, name, verb, extra, inside=inside))
        deeds[name] = _deed(node, values, noise, inside=inside)
    deliver = pick.of(_DELIVERS)
    tools.append(_delivery(deliver))
    deeds[deliver] = Deed("deliver", {"needs": {"token": wanted}, "of": _ORDER})
    submit = pick.of(_SUBMITS) if pick.chance(35) else None
    if submit:
        tools.append(_submission(submit))
        deeds[submit] = Deed("submit", {"parameter": "steps", "tools": [*deeds, submit]})
    order = {"delivered": None, "left_out": 0, "settings_as_asked": True}
    world = World(
        dimension="plan",
        level=level,
        pair=nonce(seed, "pair"),
        twin=False,
        wording=pick.below(WORDINGS),
        seed=seed,
        task={"thing": wanted, "deliver": deliver, "given": given, "submit": submit, "steps": None},
        deeds=deeds,
        records={"order": {"1": order}},
        watch=("known", "needless", *(("followed",) if submit else ())),
        most_rounds=5 * level + 20,
    )
    burdened = _with_way(Drawn(world, tuple(pick.shuffled(tools))), wanted)
    calls = (call.tool for round in burdened.world.gold for call in round)
    steps = [name for name in dict.fromkeys(calls) if name != submit]
    told = replace(burdened.world, twin=True, task={**world.task, "steps": steps})
    return burdened, Drawn(told, burdened.tools)


def _some_needs(pick: Pick, nodes: Sequence[Node]) -> dict[str, Need]:
    return dict.fromkeys(pick.some([node.thing for node in nodes if node.single], 0, 2), "one")


def _names(pick: Pick, nodes: Sequence[Node], seed: str) -> list[str]:
    """Return names of tools: they tell nothing, or what is made."""
    if pick.chance(50):
        return [f"{pick.of(_WORKS)}_{node.thing}" for node in nodes]
    return [f"op_{nonce(seed, n)[:6]}" for n in range(len(nodes))]


def _settings(pick: Pick, nodes: Sequence[Node]) -> Mapping[str, list[Parameter]]:
    """Return the settings of the tools that have some, the first one for sure, each with values."""
    found: dict[str, list[Parameter]] = {}
    for n, node in enumerate(nodes):
        if n and not pick.chance(30 if node.needs else 75):
            continue
        parameters = fields(pick, 0, 1)
        feature = named(pick.of(_SETTINGS))[0]
        if feature.parameter is not None:
            parameters.append(feature.parameter(pick))
        found[node.thing] = [one.drawn(pick) for one in {p.name: p for p in parameters}.values()]
    return found


def _tool(node: Node, name: str, verb: str, settings: Sequence[Parameter], *, inside: bool) -> Tool:
    materials = []
    for thing, need in node.needs.items():
        schema: JsonObject = {"type": "string"}
        if need == "all":
            schema = {"type": "array", "items": schema, "minItems": 1}
        schema["description"] = need_told(node, thing)
        materials.append(_plain(f"from_{thing}", schema))
    if inside:
        materials = [_plain("materials", tool_of("", "", materials).parameters)]
    tool = tool_of(name, tool_told(node, verb), [*settings, *materials])
    if node.page:
        told = "The `next_cursor` of the page before; left out for the first page."
        tool.parameters["properties"]["cursor"] = {"type": "string", "description": told}
    return tool


def _deed(node: Node, values: JsonObject, noise: int, *, inside: bool) -> Deed:
    place = "materials/from_" if inside else "from_"
    settings: JsonObject = {
        "makes": node.thing,
        "needs": {f"{place}{thing}": thing for thing in node.needs},
        "given": values,
        "of": _ORDER,
        "noise": noise,
    }
    if whole := [f"{place}{thing}" for thing, need in node.needs.items() if need == "all"]:
        settings["whole"] = whole
    if node.count:
        settings["count"] = node.count
    if node.page:
        settings["page"] = node.page
    return Deed("make", settings)


def _delivery(name: str) -> Tool:
    token = {"type": "string", "description": "The token of what was ordered."}
    told = "Delivers a finished token to the customer. Call it once, at the end."
    return tool_of(name, told, [_plain("token", token)])


def _submission(name: str) -> Tool:
    steps = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Names of tools, each once, in the order in which they are first called.",
    }
    told = (
        "Takes the plan, before any other tool is called. To change the plan later, submit the "
        "whole new one before you go on."
    )
    return tool_of(name, told, [_plain("steps", steps)])


def _plain(name: str, schema: JsonObject) -> Parameter:
    return Parameter(name, schema, lambda pick: "")


def _with_way(world: Drawn, wanted: str) -> Drawn:
    """Return the world with the shortest way, and with the goal: the right token is delivered."""
    drawn = way(world, render(world.world.task, world.world.wording), solve)
    kind, id = _ORDER
    fix = drawn.world.gold[-1][0]
    goal = (
        Check(kind, id, "delivered", wanted, "goal-not-reached", fix=fix),
        Check(kind, id, "left_out", 0, "loop-cut-short"),
        Check(kind, id, "settings_as_asked", True, "goal-not-reached"),
    )
    return Drawn(replace(drawn.world, goal=goal), drawn.tools)
