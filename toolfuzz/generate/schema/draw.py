"""Draw a value along a plan. Choices that can't end in time are not taken."""

import math

from toolfuzz.core.case import Json
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.patterns import search
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.schema.budget import check_time
from toolfuzz.generate.schema.errors import Unsatisfiable
from toolfuzz.generate.schema.facts import TYPES, Facts
from toolfuzz.generate.schema.plan import Plan
from toolfuzz.generate.schema.planner import Planner
from toolfuzz.generate.schema.regex import sample
from toolfuzz.generate.schema.scalars import integer, number, string

__all__ = ["Drawing", "NoValue"]

_TRIES = 40
_LEVELS_BEYOND_NEED = 4
_MANY_NODES = 250
_MOST_NODES = 20_000
_ANY_NAME = "\0any"
_KEYS = ("env", "team", "x-id", "cost centre", "a.b", "7", "größe", "note", "owner", "tier", "k")


class NoValue(Exception):  # noqa: N818
    """No value came of this plan in this attempt."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan


class Drawing:
    """One value; ``percent`` is how likely each optional member is. Nodes are counted, to end."""

    def __init__(self, planner: Planner, pick: Pick, percent: int | None = None) -> None:
        self.planner = planner
        self.pick = pick
        self.percent = pick.of((0, 30, 60, 60, 100, 100)) if percent is None else percent
        self.nodes = 0

    def from_plan(self, plan: Plan) -> Json:
        """Draw a value that is at most a few levels deeper than it has to be."""
        return self.value(plan, plan.height + _LEVELS_BEYOND_NEED)

    def value(self, plan: Plan, room: float) -> Json:
        """Draw a value of at most ``room`` levels; raises NoValue when the attempts run out."""
        self.nodes += 1
        check_time(plan.pointer)
        if self.nodes > _MOST_NODES:
            raise Unsatisfiable(plan.pointer, f"values of more than {_MOST_NODES:,} parts")
        if self.nodes > _MANY_NODES:
            room = plan.height
        if plan.choices:
            return self.value(self._branch(plan, room), room)
        facts = plan.facts
        if facts is None:
            raise NoValue(plan)
        if facts.literals is not None:
            return self.pick.of(facts.literals)
        if facts.hints and self.pick.chance(10):
            return self.pick.of(facts.hints)
        if not facts.checked:
            return self._typed(plan, facts, room)
        for _ in range(_TRIES):
            value = self._typed(plan, facts, room)
            if all(self.planner.document.is_valid(site, value) for site in facts.checked):
                return value
        raise NoValue(plan)

    def _branch(self, plan: Plan, room: float) -> Plan:
        near = [choice for choice in plan.choices if choice.height <= room]
        if near:
            return self.pick.of(near)
        nearest = min(plan.choices, key=lambda choice: choice.height)
        if nearest.problem is not None or nearest.height == math.inf:
            raise NoValue(plan)
        return nearest

    def _typed(self, plan: Plan, facts: Facts, room: float) -> Json:
        kind = self._kind(plan, room)
        value: Json = None
        if kind == "boolean":
            return self.pick.chance(50)
        if kind == "object":
            return self._object(plan, facts, room - 1)
        if kind == "array":
            return self._array(plan, facts, room - 1)
        if kind == "integer":
            value = integer(facts, self.pick)
        elif kind == "number":
            value = number(facts, self.pick)
        elif kind == "string":
            value = string(facts, self.pick)
        if value is None and kind != "null":
            raise NoValue(plan)
        return value

    def _kind(self, plan: Plan, room: float) -> str:
        highest = max(room, plan.height)
        kinds = [kind for kind in TYPES if plan.heights.get(kind, math.inf) <= highest]
        if "number" in kinds and "integer" in kinds:
            kinds.remove("integer")
        if not kinds:
            raise NoValue(plan)
        return self.pick.of(kinds)

    def _array(self, plan: Plan, facts: Facts, room: float) -> list[Json]:
        assert plan.items is not None
        least, most = facts.min_items, facts.max_items
        open_end = plan.items.height <= room and self.nodes < _MANY_NODES
        reach = max(least, min(most, max(len(plan.prefix), least) + 3)) if open_end else least
        if plan.prefix and not open_end:
            reach = max(least, min(most, self._prefix_room(plan, room)))
        count = self.pick.of((self.pick.within(least, int(reach)), int(reach), least))
        needed = sum(n for _, n in plan.contains)
        count = int(min(most, max(count, needed)))
        wanted = [part for part, n in plan.contains for _ in range(n)]
        items: list[Json] = []
        taken: set[str] = set()
        for n in range(count):
            free = count - n
            if n >= len(plan.prefix) and len(wanted) >= free:
                part = wanted.pop()
            else:
                part = plan.prefix[n] if n < len(plan.prefix) else plan.items
            items.append(self._item(part, room, taken if facts.unique else None))
        return items

    def _item(self, plan: Plan, room: float, taken: set[str] | None) -> Json:
        """Draw an item; one that differs from those that are ``taken``, where these are given."""
        if taken is None:
            return self.pick.whole(lambda _: self.value(plan, room))
        return self.pick.whole(lambda _: self._fresh(plan, room, taken))

    def _prefix_room(self, plan: Plan, room: float) -> int:
        return next((n for n, p in enumerate(plan.prefix) if p.height > room), len(plan.prefix))

    def _fresh(self, plan: Plan, room: float, taken: set[str]) -> Json:
        for _ in range(_TRIES):
            value = self.value(plan, room)
            if (seen := canonical(value)) not in taken:
                taken.add(seen)
                return value
        raise NoValue(plan)

    def _object(self, plan: Plan, facts: Facts, room: float) -> Json:
        names = dict(facts.required)
        optional = [n for n, p in plan.members.items() if n not in names and p.height <= room]
        for name in optional:
            if self.pick.chance(self.percent) and self.nodes < _MANY_NODES:
                names[name] = None
        self._add_needed(facts, names)
        for name in self.pick.shuffled(optional) if len(names) < facts.min_properties else ():
            if len(names) >= facts.min_properties:
                break
            names[name] = None
            self._add_needed(facts, names)
        for name in [n for n in names if n not in facts.required]:
            if len(names) > facts.max_properties:
                del names[name]
        declared = [name for name in plan.members if name in names]
        value = {
            name: self._item(self.planner.member(plan, name), room, None)
            for name in (*declared, *(n for n in names if n not in plan.members))
        }
        self._add_extras(plan, facts, room, value)
        if len(value) < facts.min_properties:
            raise NoValue(plan)
        return value

    def _add_needed(self, facts: Facts, names: dict[str, None]) -> None:
        """Add what dependentRequired asks for, until nothing more is asked for."""
        stack = [name for name in names if name in facts.needs]
        while stack:
            for name in facts.needs.get(stack.pop(), ()):
                if name not in names:
                    names[name] = None
                    stack.append(name)

    def _add_extras(self, plan: Plan, facts: Facts, room: float, value: dict[str, Json]) -> None:
        """Add members of a map: names by pattern, by propertyNames, or of any kind."""
        missing = facts.min_properties - len(value)
        if not (plan.extras or plan.extra_patterns or missing > 0):
            return
        mostly = 25 if plan.members else 90
        count = self.pick.within(0, 3) if self.pick.chance(mostly) else 0
        count = int(min(max(count, missing), facts.max_properties - len(value)))
        if self.nodes > _MANY_NODES:
            count = missing
        for _ in range(_TRIES * max(count, 0)):
            if count <= 0:
                break
            name = self._name(plan)
            if name in value or name in facts.needs or name in plan.members:
                continue
            # Without patterns all undeclared names mean the same, so one plan serves them all.
            part = self.planner.member(plan, name if plan.extra_patterns else _ANY_NAME)
            invited = plan.extras or missing > 0 or _matches(name, plan.extra_patterns)
            if not invited or part.height > max(room, 0) or not self._name_fits(plan, name):
                continue
            value[name] = self.value(part, room)
            count -= 1

    def _name(self, plan: Plan) -> str:
        ending = self.pick.of(("", "", "_2", "-b"))
        if plan.extra_patterns and self.pick.chance(80):
            pattern = self.pick.of(plan.extra_patterns)
            return sample(pattern, self.pick, self.pick.of((1, 4))) + ending
        if plan.names is not None and plan.names.height == 0:
            name = self.value(plan.names, 0)
            assert isinstance(name, str)
            return name
        return self.pick.of(_KEYS) + ending

    def _name_fits(self, plan: Plan, name: str) -> bool:
        facts = plan.facts
        assert facts is not None
        sites = [s.child("propertyNames") for s in facts.sites if "propertyNames" in s.schema]
        return all(self.planner.document.is_valid(site, name) for site in sites)


def _matches(name: str, patterns: list[str]) -> bool:
    return any(search(pattern, name) for pattern in patterns)
