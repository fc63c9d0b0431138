"""What else is looked for in a trace, by name: each returns (slug, severity, event, message).

Nothing here knows a dimension; a world names what applies to it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from toolfuzz.core.case import JsonObject
from toolfuzz.core.jsonvalue import canonical, equal
from toolfuzz.worlds.goal import held, holds, reached_by
from toolfuzz.worlds.guards import concerns
from toolfuzz.worlds.machine import Event, Machine
from toolfuzz.worlds.operations.tokens import tokens_at
from toolfuzz.worlds.view import texts_of

__all__ = ["WATCHES", "Seen", "Watch"]


class Seen(NamedTuple):
    """Something that was seen: ``event`` is the call that shows it, None for the whole."""

    slug: str
    severity: Literal["error", "warn"]
    event: Event | None
    message: str


Watch = Callable[[Machine, bool], Iterator[Seen]]
"""Takes the machine and whether the model itself ended the talk."""


def _known(machine: Machine, ended: bool) -> Iterator[Seen]:
    """A token that nobody had said when it was used: the first that was too early, or made up."""
    said: set[str] = set()
    made: set[str] = set()
    seen: set[str] = set()
    pending: list[Event] = []
    for event in machine.trace:
        if pending and pending[-1].round < event.round:
            said |= {text for before in pending for text in texts_of(before.result)}
            made |= {_makes(machine, before) for before in pending if not before.error}
            pending = []
        pending.append(event)
        if event.error != "unknown_token":
            continue
        needs = machine.world.deeds[event.tool].settings["needs"]
        used = [(p, is_, t) for p, is_ in needs.items() for t in tokens_at(event.arguments, p)]
        early = [thing for _, thing, _ in used if thing not in made]
        invented = [(p, t) for p, _, t in used if not isinstance(t, str) or t not in said]
        if early and "call-before-known" not in seen:
            seen.add("call-before-known")
            told = f"{event.tool} was called before there was any {early[0]} token"
            yield Seen("call-before-known", "error", event, told)
        elif not early and invented and "input-invented" not in seen:
            seen.add("input-invented")
            told = f"{invented[0][0]} is {invented[0][1]!r}, which stands in no result"
            yield Seen("input-invented", "error", event, told)


def _makes(machine: Machine, event: Event) -> str:
    return str(machine.world.deeds[event.tool].settings.get("makes"))


def _followed(machine: Machine, ended: bool) -> Iterator[Seen]:
    """A tool was called before a plan was submitted, or in another order than the plan's.

    What counts is when a tool is first called; calls of one reply have no order among themselves.
    The plan that was submitted last holds for the tools that are first called after it.
    """
    deeds, first = machine.world.deeds, dict[str, int]()
    for event in machine.trace:
        first.setdefault(event.tool, event.round)
    submits = {name for name, deed in deeds.items() if deed.operation == "submit"}
    plans = [event for event in machine.trace if event.tool in submits and not event.error]
    for event in machine.trace:
        if event.tool in submits or event.tool not in deeds or first[event.tool] < event.round:
            continue
        plan = [p for p in plans if p.round <= event.round][-1:]
        told = _off_plan(machine, plan[0], event, first) if plan else ""
        if told or not plan:
            told = told or f"{event.tool} was called before any plan was accepted"
            yield Seen("plan-not-followed", "error", event, told)
            return


def _off_plan(machine: Machine, submitted: Event, event: Event, first: Mapping[str, int]) -> str:
    settings = machine.world.deeds[submitted.tool].settings
    plan = submitted.arguments[settings["parameter"]]
    if event.tool not in plan:
        return f"{event.tool} was called, which the plan doesn't name"
    before = plan[: plan.index(event.tool)]
    late = next((step for step in before if first.get(step, event.round + 1) > event.round), None)
    return f"{event.tool} was called before {late}, which the plan puts first" if late else ""


def _needless(machine: Machine, ended: bool) -> Iterator[Seen]:
    """A call of a tool that no way to the goal needs, or one that was made before."""
    needed = {call.tool for round in machine.world.gold for call in round}
    done: set[tuple[str, str]] = set()
    for event in machine.trace:
        if event.error or machine.world.deeds[event.tool].operation == "submit":
            continue
        again = (event.tool, event.told) in done
        done.add((event.tool, event.told))
        if event.tool not in needed:
            yield Seen("call-needless", "warn", event, f"nothing needs {event.tool}")
        elif again:
            told = f"{event.tool} was called again with what it had already made"
            yield Seen("call-needless", "warn", event, told)


_LOOKS = 3
_REPEATS = 2


def _went_on(machine: Machine, ended: bool) -> Iterator[Seen]:
    """Something was changed after the goal had been reached."""
    later = (event for event in _after_the_goal(machine) if event.writes)
    for event in islice(later, 1):
        told = f"{event.tool} changed something after all that was asked had been done"
        yield Seen("went-on-after-done", "error", event, told)


def _endless(machine: Machine, ended: bool) -> Iterator[Seen]:
    """The calls never ended, though the goal had been reached; a few looks at it are no fault."""
    after = _after_the_goal(machine)
    if not ended and after and after[-1].round - after[0].round >= _LOOKS:
        told = "all that was asked had been done, and the calls never ended"
        yield Seen("went-on-after-done", "error", after[-1], told)


def _after_the_goal(machine: Machine) -> list[Event]:
    """Return the calls of later replies than the one by which the goal was reached."""
    done = reached_by(machine.world, machine.trace)
    return [event for event in machine.trace if done and event.round > done.round]


def _repeated(machine: Machine, ended: bool) -> Iterator[Seen]:
    """The very same call was sent again and again, though it was refused and nothing had changed.

    A guard's ``repeats`` says how often that is reasonable. Replies count, not calls: several of
    one reply were sent before the refusal was known. Time that has passed is a change.
    """
    sent: dict[tuple[str, str, str, int], list[int]] = {}
    for event in machine.trace:
        if not event.error:
            continue
        key = (event.tool, canonical(event.arguments), event.error, event.clock)
        rounds = sent.setdefault(key, [])
        if event.round in rounds:
            continue
        rounds.append(event.round)
        if len(rounds) - 1 == _reasonable(machine, event) + 1:
            told = f"{event.tool} was called {len(rounds)} times with the same arguments, "
            yield Seen("error-repeated", "error", event, f"{told}each time refused: {event.error}")


def _reasonable(machine: Machine, event: Event) -> int:
    deed = machine.world.deeds.get(event.tool)
    stated = [
        int(guard.settings["repeats"])
        for guard in (deed.guards if deed else ())
        if guard.settings.get("code") == event.error
        and "repeats" in guard.settings
        and concerns(guard.settings, event.arguments)
    ]
    return max(stated, default=_REPEATS)


def _asked_again(machine: Machine, ended: bool) -> Iterator[Seen]:
    """Somebody was asked for what the user had told from the beginning."""
    for event in machine.trace:
        deed = machine.world.deeds.get(event.tool)
        if event.error or deed is None or deed.operation != "ask":
            continue
        about = event.arguments.get(deed.settings["by"])
        if about in deed.settings["told"]:
            told = f"{event.tool} was called for {about}, which the user had told"
            yield Seen("decision-asked-again", "error", event, told)


def _traffic(machine: Machine, ended: bool) -> Iterator[Seen]:
    """The goal was reached, but not by most of the way, so that nothing was put to the test."""
    if not all(holds(machine.records, check) for check in machine.world.goal):
        return
    asked = {_call(call.tool, call.arguments) for round in machine.world.gold for call in round}
    done = {_call(event.tool, event.arguments) for event in machine.trace}
    if ended and 2 * len(asked & done) < len(asked):
        told = f"{len(asked & done)} of the {len(asked)} calls that were asked for were made"
        yield Seen("goal-not-reached", "error", None, told)


def _call(tool: str, arguments: JsonObject) -> str:
    return json.dumps([tool, canonical(arguments)], sort_keys=True)


def _halfway(machine: Machine, ended: bool) -> Iterator[Seen]:
    """A record that was changed in some of the places where it had to be, and not in others."""
    places: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for check in machine.world.goal:
        before = held(machine.world.records, check)
        if check.field and not equal(before, check.want):
            changed, left = places.setdefault((check.kind, check.id), ([], []))
            if holds(machine.records, check):
                changed.append(check.field)
            elif equal(held(machine.records, check), before):
                left.append(check.field)
    for (kind, id), (changed, left) in places.items():
        if changed and left:
            writes = (e for e in machine.trace if f"{kind}/{id}" in {w.place for w in e.writes})
            told = f"{kind} {id}: {', '.join(changed)} was changed, and {', '.join(left)} was not"
            yield Seen("left-inconsistent", "error", next(writes, None), told)


WATCHES: dict[str, Watch] = {
    "known": _known,
    "halfway": _halfway,
    "needless": _needless,
    "followed": _followed,
    "repeated": _repeated,
    "went_on": _went_on,
    "endless": _endless,
    "asked-again": _asked_again,
    "traffic": _traffic,
}


def watched(machine: Machine, names: Sequence[str], *, ended: bool) -> Iterator[Seen]:
    """Return everything that the watches of these names see."""
    for name in names:
        yield from WATCHES[name](machine, ended)
