"""Turn a schema into plans: what applies together, which choices there are, how deep each ends.

A plan stands for a set of subschemas that one value must satisfy at once. References and allOf
are followed, unions become choices. ``height`` is the least nesting of any of its values, found
as a least fixed point; it is infinite exactly where a schema only refers to itself or contradicts
itself, and drawing follows it downwards to stop in time.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.schema.document import Document, Site
from toolfuzz.generate.schema.errors import BrokenSchema, Unsatisfiable
from toolfuzz.generate.schema.facts import Facts, combine, forbids

__all__ = ["Conjunction", "Plan", "Planner"]

_MOST_PLANS = 4000
_MOST_COUNT = 1000
"""More required items or properties than this are not drawn."""


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Subschemas that apply to one value; ``decided`` are the unions whose branch is chosen."""

    sites: tuple[Site, ...]
    decided: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[frozenset[str], frozenset[str]]:
        """Identity: the same subschemas with the same choices made."""
        return frozenset(site.key for site in self.sites), self.decided


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


class Planner:
    """Plans of one document, made when asked for and kept."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._plans: dict[object, Plan] = {}
        root = document.root
        only_objects = Site({"type": "object"}, "", root.resolver, key="~object")
        self._strings = Site({"type": "string"}, "", root.resolver, key="~string")
        self.root = self.plan(Conjunction((root, only_objects)))

    def plan(self, conjunction: Conjunction) -> Plan:
        """Return the plan with its height known; it and all below are worked out at once."""
        known = self._plans.get(conjunction.key)
        if known is not None:
            return known
        waiting: list[tuple[Plan, Conjunction]] = []
        plan = self._get(conjunction, waiting)
        made = []
        while waiting:
            fresh, parts = waiting.pop()
            made.append(fresh)
            try:
                self._fill(fresh, parts, waiting)
            except BrokenSchema:
                raise
            except Unsatisfiable as problem:
                fresh.problem, fresh.facts, fresh.choices = problem, None, []
        _settle(made)
        return plan

    def plans(self) -> list[Plan]:
        """Return all plans made so far."""
        return list(self._plans.values())

    def drop(self, barren: Iterable[Plan]) -> None:
        """Take these plans for unsatisfiable: nothing was drawn from them however often tried."""
        for plan in barren:
            plan.problem = Unsatisfiable(plan.pointer, "no valid value in many attempts")
            plan.facts = None
        for plan in self._plans.values():
            plan.height, plan.heights = math.inf, {}
        _settle(self.plans())

    def dead_members(self) -> Iterator[Plan]:
        """Yield the optional members that can never be present, but for those said to be so."""
        for plan in self._plans.values():
            if plan.facts is None or plan.height == math.inf:
                continue
            for name, member in plan.members.items():
                forbidden = any(
                    forbids(site.schema) for site in _member(plan.facts.sites, name).sites
                )
                if member.height == math.inf and not forbidden and name not in plan.facts.required:
                    yield member

    def member(self, plan: Plan, name: str) -> Plan:
        """Return the plan of the object's member of that name, declared or not."""
        known = plan.members.get(name) or plan.others.get(name)
        if known is None:
            assert plan.facts is not None
            known = plan.others[name] = self.plan(_member(plan.facts.sites, name))
        return known

    def _get(self, parts: Conjunction, waiting: list[tuple[Plan, Conjunction]]) -> Plan:
        plan = self._plans.get(parts.key)
        if plan is None:
            pointer = parts.sites[0].pointer if parts.sites else ""
            if len(self._plans) >= _MOST_PLANS:
                raise BrokenSchema(pointer, f"more than {_MOST_PLANS} combinations of subschemas")
            plan = self._plans[parts.key] = Plan(pointer)
            waiting.append((plan, parts))
        return plan

    def _fill(
        self, plan: Plan, parts: Conjunction, waiting: list[tuple[Plan, Conjunction]]
    ) -> None:
        parts = Conjunction(self._closure(parts.sites), parts.decided)
        branches = next(_unions(parts), None)
        if branches is not None:
            plan.choices = [self._get(branch, waiting) for branch in branches]
            return
        facts = plan.facts = combine(parts.sites)
        if facts.literals is not None:
            facts.literals = self._valid(parts.sites, facts.literals)
            if not facts.literals:
                raise Unsatisfiable(
                    plan.pointer, "no value of enum or const fits what else applies"
                )
            return
        # A default need not be of the format, which jsonschema leaves unchecked.
        facts.hints = [] if facts.formats else self._valid(parts.sites, facts.hints)
        if "array" in facts.types:
            self._fill_array(plan, facts, waiting)
        if "object" in facts.types:
            self._fill_object(plan, facts, waiting)

    def _fill_array(
        self, plan: Plan, facts: Facts, waiting: list[tuple[Plan, Conjunction]]
    ) -> None:
        arrays = [site for site in facts.sites if isinstance(site.schema, dict)]
        known = max((len(_prefix(site)) for site in arrays), default=0)
        plan.prefix = [self._get(_item(arrays, n), waiting) for n in range(known)]
        plan.items = self._get(_item(arrays, known), waiting)
        for site in arrays:
            least = int(site.schema.get("minContains", 1))
            if "contains" in site.schema and least:
                wanted = Conjunction((site.child("contains"), *_item(arrays, known).sites))
                plan.contains.append((self._get(wanted, waiting), least))

    def _fill_object(
        self, plan: Plan, facts: Facts, waiting: list[tuple[Plan, Conjunction]]
    ) -> None:
        declared = dict(facts.required)
        for site in facts.sites:
            declared |= dict.fromkeys(site.schema.get("properties", {}))
            plan.extra_patterns += site.schema.get("patternProperties", {})
        for name in declared:
            plan.members[name] = self._get(_member(facts.sites, name), waiting)
        names = [
            site.child("propertyNames") for site in facts.sites if "propertyNames" in site.schema
        ]
        for name in declared:
            if not all(self.document.is_valid(site, name) for site in names):
                reason = f"propertyNames forbids {name!r}"
                plan.members[name] = Plan(plan.pointer, problem=Unsatisfiable(plan.pointer, reason))
        if names:
            plan.names = self._get(Conjunction((*names, self._strings)), waiting)
        plan.extras = _is_open(facts.sites, bool(declared) or bool(plan.extra_patterns))

    def _valid(self, sites: tuple[Site, ...], values: list[Json]) -> list[Json]:
        return [
            value
            for n, value in enumerate(values)
            if not any(value == v and type(value) is type(v) for v in values[:n])
            and all(self.document.is_valid(site, value) for site in sites if site.key[:1] != "~")
        ]

    def _closure(self, sites: tuple[Site, ...]) -> tuple[Site, ...]:
        """Follow references and allOf; the schema ``true`` says nothing and is left out."""
        seen: dict[str, Site] = {}
        stack = [(site, frozenset[str]()) for site in reversed(sites)]
        while stack:
            site, trail = stack.pop()
            if site.key in trail:
                raise BrokenSchema(site.pointer, "refers to itself without end")
            if site.key in seen or site.schema is True:
                continue
            seen[site.key] = site
            below = [] if site.schema is False else list(self._applied(site))
            stack += [(part, trail | {site.key}) for part in reversed(below)]
        return tuple(seen.values())

    def _applied(self, site: Site) -> Iterator[Site]:
        for keyword in ("$ref", "$dynamicRef"):
            if keyword in site.schema:
                target = self.document.target(site, keyword)
                if target is not None:
                    yield target
        for n in range(len(site.schema.get("allOf", ()))):
            yield site.child("allOf", n)


def _unions(parts: Conjunction) -> Iterator[list[Conjunction]]:
    """Yield the branches of each union that is still open."""

    def branch(mark: str, *more: Site) -> Conjunction:
        return Conjunction((*parts.sites, *more), parts.decided | {mark})

    for site in parts.sites:
        if site.schema is False:
            continue
        for keyword in ("anyOf", "oneOf"):
            mark = f"{site.key} {keyword}"
            if keyword in site.schema and mark not in parts.decided:
                count = len(site.schema[keyword])
                yield [branch(mark, site.child(keyword, n)) for n in range(count)]
        mark = f"{site.key} if"
        if "if" in site.schema and mark not in parts.decided:
            then = [site.child("then")] if "then" in site.schema else []
            other = [site.child("else")] if "else" in site.schema else []
            yield [branch(mark, site.child("if"), *then), branch(mark, *other)]
        for keyword in ("dependentSchemas", "dependencies"):
            for name, schema in site.schema.get(keyword, {}).items():
                mark = f"{site.key} {keyword} {name}"
                if isinstance(schema, list) or mark in parts.decided:
                    continue
                present = _synthetic(site, {"required": [name]}, mark)
                absent = _synthetic(site, {"properties": {name: False}}, mark)
                yield [branch(mark, site.child(keyword, name), present), branch(mark, absent)]


def _synthetic(site: Site, schema: JsonObject, mark: str) -> Site:
    return Site(schema, site.pointer, site.resolver, key=f"~{mark} {'required' in schema}")


def _prefix(site: Site) -> list[Json]:
    """Return the tuple part: prefixItems, or draft 7's items as a list."""
    items = site.schema.get("items")
    prefix: list[Json] = items if isinstance(items, list) else site.schema.get("prefixItems", [])
    return prefix


def _item(arrays: list[Site], n: int) -> Conjunction:
    """Return what applies to item ``n``."""
    found = []
    for site in arrays:
        listed = isinstance(site.schema.get("items"), list)
        if n < len(_prefix(site)):
            found.append(site.child("items" if listed else "prefixItems", n))
        elif listed:
            found += [site.child("additionalItems")] if "additionalItems" in site.schema else []
        elif "items" in site.schema:
            found.append(site.child("items"))
        elif "unevaluatedItems" in site.schema:
            found.append(site.child("unevaluatedItems"))
    return Conjunction(tuple(found))


def _member(sites: tuple[Site, ...], name: str) -> Conjunction:
    """Return what applies to the member ``name``."""
    found, leftover = [], []
    for site in sites:
        hits = [site.child("properties", name)] if name in site.schema.get("properties", {}) else []
        for pattern in site.schema.get("patternProperties", {}):
            if re.search(pattern, name):
                hits.append(site.child("patternProperties", pattern))
        if not hits and "additionalProperties" in site.schema:
            hits.append(site.child("additionalProperties"))
        if "unevaluatedProperties" in site.schema:
            leftover.append(site.child("unevaluatedProperties"))
        found += hits
    return Conjunction(tuple(found or leftover))


def _is_open(sites: tuple[Site, ...], declared: bool) -> bool:
    """Whether members beyond the declared ones are invited: a map, or an object without any."""
    said = [
        site.schema[keyword]
        for site in sites
        for keyword in ("additionalProperties", "unevaluatedProperties")
        if keyword in site.schema
    ]
    return all(value is not False for value in said) and (bool(said) or not declared)


def _settle(plans: list[Plan]) -> None:
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
