"""Makes plans of a schema: what applies together, and which choices there are.

References and allOf are followed, unions become choices. The same set of subschemas is the same
plan wherever it comes up, so recursion is a cycle of plans.
"""

import json
import math
from collections.abc import Iterable, Iterator

from toolfuzz.core.case import Json
from toolfuzz.generate.schema.applies import (
    Conjunction,
    invites_more,
    item_at,
    member_at,
    prefix,
    unions,
)
from toolfuzz.generate.schema.budget import check_time
from toolfuzz.generate.schema.cycles import check_ends
from toolfuzz.generate.schema.document import Document, Site
from toolfuzz.generate.schema.errors import BrokenSchema, Unsatisfiable
from toolfuzz.generate.schema.facts import Facts, combine, forbids
from toolfuzz.generate.schema.plan import Plan, settle

__all__ = ["Planner"]

_MOST_PLANS = 4000
_MOST_LITERALS = 500
_ROOT = "~object"
_Waiting = list[tuple[Plan, Conjunction]]


class Planner:
    """Plans of one document, made when asked for and kept."""

    def __init__(self, document: Document) -> None:
        self.document = document
        check_ends(document)
        self._plans: dict[object, Plan] = {}
        root = document.root
        only_objects = Site({"type": "object"}, "", root.base, key=_ROOT)
        self._strings = Site({"type": "string"}, "", root.base, key="~string")
        self.root = self.plan(Conjunction((root, only_objects)))

    def plan(self, conjunction: Conjunction) -> Plan:
        """Return the plan with its height known; it and all below are worked out at once."""
        known = self._plans.get(conjunction.key)
        if known is not None:
            return known
        waiting: _Waiting = []
        plan = self._get(conjunction, waiting)
        made = []
        while waiting:
            fresh, parts = waiting.pop()
            made.append(fresh)
            check_time(fresh.pointer)
            try:
                self._fill(fresh, parts, waiting)
            except BrokenSchema:
                raise
            except Unsatisfiable as problem:
                fresh.problem, fresh.facts, fresh.choices = problem, None, []
        settle(made)
        return plan

    def plans(self) -> list[Plan]:
        """Return all plans made so far."""
        return list(self._plans.values())

    def drop(self, fruitless: Iterable[Plan]) -> None:
        """Take these plans for unsatisfiable: nothing was drawn from them however often tried."""
        for plan in fruitless:
            plan.problem = Unsatisfiable(plan.pointer, "no valid value in many attempts")
            plan.facts = None
        for plan in self._plans.values():
            plan.height, plan.heights = math.inf, {}
        settle(self.plans())

    def impossible_members(self) -> Iterator[Plan]:
        """Yield the optional members that can never be present, but for those said to be so."""
        for plan in self._plans.values():
            if plan.facts is None or plan.height == math.inf:
                continue
            for name, member in plan.members.items():
                forbidden = any(
                    forbids(site.schema) for site in member_at(plan.facts.sites, name).sites
                )
                if member.height == math.inf and not forbidden and name not in plan.facts.required:
                    yield member

    def member(self, plan: Plan, name: str) -> Plan:
        """Return the plan of the object's member of that name, declared or not."""
        known = plan.members.get(name) or plan.others.get(name)
        if known is None:
            assert plan.facts is not None
            known = plan.others[name] = self.plan(member_at(plan.facts.sites, name))
        return known

    def _get(self, parts: Conjunction, waiting: _Waiting) -> Plan:
        plan = self._plans.get(parts.key)
        if plan is None:
            pointer = parts.sites[0].pointer if parts.sites else ""
            if len(self._plans) >= _MOST_PLANS:
                raise BrokenSchema(pointer, f"more than {_MOST_PLANS} combinations of subschemas")
            plan = self._plans[parts.key] = Plan(pointer)
            waiting.append((plan, parts))
        return plan

    def _fill(self, plan: Plan, parts: Conjunction, waiting: _Waiting) -> None:
        parts = Conjunction(self._closure(parts.sites), parts.decided)
        branches = next(unions(parts), None)
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

    def _fill_array(self, plan: Plan, facts: Facts, waiting: _Waiting) -> None:
        arrays = [site for site in facts.sites if isinstance(site.schema, dict)]
        known = max((len(prefix(site)) for site in arrays), default=0)
        plan.prefix = [self._get(item_at(arrays, n), waiting) for n in range(known)]
        plan.items = self._get(item_at(arrays, known), waiting)
        for site in arrays:
            least = int(site.schema.get("minContains", 1))
            if "contains" in site.schema and least:
                wanted = Conjunction((site.child("contains"), *item_at(arrays, known).sites))
                plan.contains.append((self._get(wanted, waiting), least))

    def _fill_object(self, plan: Plan, facts: Facts, waiting: _Waiting) -> None:
        declared = dict(facts.required)
        for site in facts.sites:
            declared |= dict.fromkeys(site.schema.get("properties", {}))
            plan.extra_patterns += site.schema.get("patternProperties", {})
        for name in declared:
            plan.members[name] = self._get(member_at(facts.sites, name), waiting)
        names = [
            site.child("propertyNames") for site in facts.sites if "propertyNames" in site.schema
        ]
        for name in declared:
            if not all(self.document.is_valid(site, name) for site in names):
                reason = f"propertyNames forbids {name!r}"
                plan.members[name] = Plan(plan.pointer, problem=Unsatisfiable(plan.pointer, reason))
        if names:
            plan.names = self._get(Conjunction((*names, self._strings)), waiting)
        plan.extras = invites_more(facts.sites, bool(declared) or bool(plan.extra_patterns))
        if not declared and any(site.key == _ROOT for site in facts.sites):
            # A tool without parameters may allow any, but a call of it shouldn't make some up.
            entries = [site.schema.get("additionalProperties") for site in facts.sites]
            plan.extras &= any(isinstance(e, dict) and bool(e) for e in entries)

    def _valid(self, sites: tuple[Site, ...], values: list[Json]) -> list[Json]:
        """Return those that all sites allow, each once; of very many, the first ones."""
        different = {json.dumps(value, sort_keys=True): value for value in reversed(values)}
        return [
            value
            for value in list(different.values())[: -_MOST_LITERALS - 1 : -1]
            if all(self.document.is_valid(site, value) for site in sites if site.key[:1] != "~")
        ]

    def _closure(self, sites: tuple[Site, ...]) -> tuple[Site, ...]:
        """Follow references and allOf; the schema ``true`` says nothing and is left out."""
        seen: dict[str, Site] = {}
        stack = list(reversed(sites))
        while stack:
            site = stack.pop()
            if site.key in seen or site.schema is True:
                continue
            seen[site.key] = site
            stack += [] if site.schema is False else reversed(list(self._applied(site)))
        return tuple(seen.values())

    def _applied(self, site: Site) -> Iterator[Site]:
        for keyword in ("$ref", "$dynamicRef"):
            if keyword in site.schema:
                target = self.document.target(site, keyword)
                if target is not None:
                    yield target
        for n in range(len(site.schema.get("allOf", ()))):
            yield site.child("allOf", n)
