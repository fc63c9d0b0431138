"""A plan: what one value must satisfy, and how deep it has to be.

``height`` is the least nesting of any value, a least fixed point over all plans. It is infinite
exactly where a schema contradicts itself or only refers to itself, and drawing follows it
downwards to stop in time.
"""

import math
from dataclasses import dataclass, field

from toolfuzz.generate.schema.errors import Unsatisfiable
from toolfuzz.generate.schema.facts import Facts

__all__ = ["Plan", "blame", "settle"]

_MOST_COUNT = 1000
"""More required items or members than this are not drawn."""


@dataclass(slots=True, eq=False)
class Plan:
    """Either ``choices`` (conjunctions, any of which will do) or ``facts``, or a ``problem``."""

    pointer: str
    facts: Facts | None = None
    choices: list["Plan"] = field(default_factory=list)
    problem: Unsatisfiable | None = None
    height: float = math.inf
    heights: dict[str, float] = field(default_factory=dict)
    prefix: list["Plan"] = field(default_factory=list)
    items: "Plan | None" = None
    contains: list[tuple["Plan", int]] = field(default_factory=list)
    members: dict[str, "Plan"] = field(default_factory=dict)
    others: dict[str, "Plan"] = field(default_factory=dict)
    extra_patterns: list[str] = field(default_factory=list)
    extras: bool = False
    names: "Plan | None" = None


def settle(plans: list[Plan]) -> None:
    """Find the least heights by going round until nothing falls any more."""
    changed = True
    while changed:
        changed = False
        for plan in reversed(plans):
            height = _height(plan)
            if height < plan.height:
                plan.height, changed = height, True


def _height(plan: Plan) -> float:
    if plan.choices:
        return min(choice.height for choice in plan.choices)
    if plan.facts is None:
        return math.inf
    if plan.facts.literals is not None:
        return 0
    for kind in plan.facts.types:
        plan.heights[kind] = 0
    if "array" in plan.heights:
        plan.heights["array"] = _array_height(plan, plan.facts)
    if "object" in plan.heights:
        plan.heights["object"] = _object_height(plan, plan.facts)
    return min(plan.heights.values())


def _array_height(plan: Plan, facts: Facts) -> float:
    assert plan.items is not None
    if facts.min_items > _MOST_COUNT:
        return math.inf
    needed = plan.prefix[: facts.min_items]
    if facts.min_items > len(plan.prefix):
        needed = [*needed, plan.items]
    needed = [*needed, *(wanted for wanted, _ in plan.contains)]
    return 1 + max((item.height for item in needed), default=-1)


def _object_height(plan: Plan, facts: Facts) -> float:
    if facts.min_properties > _MOST_COUNT:
        return math.inf
    return 1 + max((plan.members[name].height for name in facts.required), default=-1)


def blame(plan: Plan) -> Unsatisfiable:
    """Say why a plan of infinite height has no value, at the deepest place that explains it."""
    seen: set[int] = set()
    while id(plan) not in seen:
        seen.add(id(plan))
        if plan.problem is not None:
            return plan.problem
        below = _culprits(plan)
        if below is None:
            return Unsatisfiable(plan.pointer, "asks for more items or members than are drawn")
        if plan.choices and len(below) > 1 and all(p.problem for p in below):
            return Unsatisfiable(plan.pointer, f"no branch can be satisfied: {below[0].problem}")
        plan = below[0]
    return Unsatisfiable(plan.pointer, "needs itself inside itself without end")


def _culprits(plan: Plan) -> list[Plan] | None:
    facts = plan.facts
    parts = list(plan.choices)
    if facts is not None and "object" in plan.heights:
        parts += [plan.members[name] for name in facts.required]
    if facts is not None and "array" in plan.heights and plan.items is not None:
        parts += [*plan.prefix[: facts.min_items], *(p for p, _ in plan.contains), plan.items]
    return [p for p in parts if p.height == math.inf] or None
