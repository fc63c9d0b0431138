"""One case out of choices: what both a campaign and ``toolfuzz.strategies`` draw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from toolfuzz.core.case import Case, Tool, Turn
from toolfuzz.generate import probes as probe_files
from toolfuzz.generate.assemble import assemble, drafted, other_tools
from toolfuzz.generate.features import all_features
from toolfuzz.generate.features.base import Draft, Values
from toolfuzz.generate.features.offers import CROWD_VALUES
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.probes.base import Offer, Probe
from toolfuzz.generate.schema_values import draw_value
from toolfuzz.generate.spot import spot
from toolfuzz.generate.tools.toolset import ToolSet

__all__ = [
    "OFFERED",
    "Offered",
    "UserTool",
    "generated",
    "neighbours",
    "of_users",
    "user_tools",
    "weighted",
]

Offered = int | Literal["all"]
OFFERED: Offered = 24
"""How many tools of a set are offered together, unless said otherwise."""

_SPARE_TRIES = 3
_DEMANDING_PERCENT = 4
_DEMANDS = tuple(f.name for f in all_features().values() if f.group == "request")
_CONVERSATIONAL = tuple(f.name for f in all_features().values() if f.group == "conversation")


@dataclass(frozen=True, slots=True)
class UserTool:
    """A tool of the user's own, where it comes from, and what is offered with it."""

    origin: str
    tool: Tool
    offered: tuple[Tool, ...]


def user_tools(sets: Sequence[ToolSet], offered: Offered = OFFERED) -> tuple[UserTool, ...]:
    """Return the tools of all sets; of a larger set, a tool is offered with its neighbours only."""
    found = []
    for one in sets:
        most = len(one.tools) if offered == "all" else offered
        for n, tool in enumerate(one.tools):
            found.append(UserTool(one.origin, tool, neighbours(one.tools, n, most)))
    return tuple(found)


def neighbours(tools: tuple[Tool, ...], at: int, most: int) -> tuple[Tool, ...]:
    """Return at most so many tools around one, that one among them."""
    start = max(0, min(at - most // 2, len(tools) - most))
    return tools[start : start + most]


@cache
def weighted(names: tuple[str, ...]) -> tuple[Probe, ...]:
    """Return the probes of these names, each as often as its share says."""
    found = map(probe_files.find, names)
    return tuple(probe for probe in found for _ in range(max(1, probe.share)))


def generated(
    pick: Pick, probes: Sequence[Probe], group: str, features: Iterable[str]
) -> Case | None:
    """Draw a case on a tool with these features of the group; None when nothing can be asked."""
    probe = pick.of(probes)
    draft = drafted(pick, group, features)
    if probe.prepare:
        probe.prepare(pick, draft)
    return _asked(pick, probe, _offer(pick, draft), "generated", draft.features)


def _offer(pick: Pick, draft: Draft) -> Offer:
    tool, first, values = assemble(pick, draft)
    others = other_tools(pick, draft)
    at = pick.below(len(others) + 1)
    offered = (*others[:at], tool, *others[at:])
    spare = [(t, CROWD_VALUES[t.name]) for t in others if t.name in CROWD_VALUES]
    return Offer(offered, first, ((tool, values), *spare))


def of_users(pick: Pick, probes: Sequence[Probe], mine: UserTool) -> Case | None:
    """Draw a case on a tool of the user's own; None when nothing can be asked.

    Raises Unsatisfiable when no value of its schema came of many attempts.
    """
    probe = pick.of(probes)
    first = draw_value(mine.tool.parameters, pick)
    others = [t for t in mine.offered if t.name != mine.tool.name]
    spare = pick.some(others, 1, _SPARE_TRIES)
    askable = tuple((t, _values_of(t)) for t in (mine.tool, *spare))
    demand = (pick.of(_DEMANDS),) if pick.chance(_DEMANDING_PERCENT) else ()
    return _asked(pick, probe, Offer(mine.offered, first, askable), mine.origin, demand)


def _values_of(tool: Tool) -> Values:
    return lambda pick: draw_value(tool.parameters, pick)


def _asked(
    pick: Pick, probe: Probe, offer: Offer, origin: str, features: Sequence[str]
) -> Case | None:
    """Ask by the probe or, when the offer doesn't suit it, by a plain ``echo``.

    Those of the ``features`` that change how a turn is asked are applied where they fit.
    """
    asked = _put(pick, probe, offer)
    if asked is None:
        probe = probe_files.find("echo")
        asked = _put(pick, probe, offer)
    if asked is None:
        return None
    tools, turns = asked
    if len(turns) > 1:
        features = (*features, *pick.some(_CONVERSATIONAL, 0, 2))
    known = all_features()
    for name in dict.fromkeys(features):
        if change := known[name].ask:
            turns = tuple(map(change, turns))
        if change := known[name].opening:
            turns = (change(turns[0]), *turns[1:])
    calls = [call for turn in turns for call in turn.expect.calls]
    return Case(origin, probe.name, spot(tools, calls, turns), tools, turns)


def _put(
    pick: Pick, probe: Probe, offer: Offer
) -> tuple[tuple[Tool, ...], tuple[Turn, ...]] | None:
    """Return the tools on offer, the probe's own among them, and the turns."""
    helpers = probe.helpers(pick, offer) if probe.helpers else ()
    taken = {tool.name for tool in offer.tools}
    if any(tool.name in taken for tool in helpers):
        return None
    for tool in helpers:
        at = pick.below(len(offer.tools) + 1)
        offer = replace(offer, tools=(*offer.tools[:at], tool, *offer.tools[at:]))
    turns = probe.ask(pick, offer)
    return None if turns is None else (offer.tools, turns)
