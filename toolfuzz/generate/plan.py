"""Which features a case should have: a covering array per feature group, then random rows.

A group's first rows cover every feasible combination of ``strength`` features, on and off
(Kuhn et al., NIST SP 800-142); the rows after them are independent coin tosses, so that no two
features of a group go together more often than chance. A run takes rows from the groups in turn,
by weight.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from toolfuzz.core.case import Case, Json
from toolfuzz.core.errors import UsageError
from toolfuzz.generate.covering import Rule, combinations_of, covering_rows, random_row
from toolfuzz.generate.features import all_features, named
from toolfuzz.generate.features.base import Group

__all__ = [
    "STRENGTHS",
    "Plan",
    "PlanSummary",
    "Row",
    "coverage",
    "describe_plan",
    "make_plan",
    "rules",
    "shape_of",
]

STRENGTHS = (1, 2, 3)
_WEIGHTS: dict[Group, int] = {
    "values": 28,
    "containers": 27,
    "indirect": 11,
    "constraints": 12,
    "tools": 15,
    "request": 4,
    "conversation": 0,  # drawn for every conversation, whatever else its row varies
    "rare": 3,
}


@dataclass(frozen=True, slots=True)
class Row:
    """The features that one case should have, and the group that they are varied in."""

    group: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows without end.

    ``groups`` are names with their features; ``turns`` say whose row (and which of it) comes
    when, and start again at their end; ``per_cycle`` counts them by group.
    """

    seed: int
    strength: int
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    turns: tuple[tuple[int, int], ...]
    per_cycle: tuple[int, ...]

    def row(self, k: int) -> Row:
        """Return the row of the k-th case; it depends on nothing else."""
        cycle, turn = divmod(k, len(self.turns))
        index, nth = self.turns[turn]
        name, features = self.groups[index]
        return Row(name, self._row(features, cycle * self.per_cycle[index] + nth))

    def _row(self, features: tuple[str, ...], n: int) -> tuple[str, ...]:
        first = _first_rows(features, self.strength, self.seed)
        return first[n] if n < len(first) else random_row(features, rules(features), self.seed, n)


@cache
def _first_rows(features: tuple[str, ...], strength: int, seed: int) -> tuple[tuple[str, ...], ...]:
    return covering_rows(features, rules(features), strength, seed)


def make_plan(seed: int = 0, features: Sequence[str] = (), strength: int = 2) -> Plan:
    """Return the default plan, or one over exactly the given features (one group).

    Raises UsageError for an unknown feature or strength.
    """
    if strength not in STRENGTHS:
        raise UsageError(f"strength {strength} is not offered", "use 1, 2 or 3")
    if features:
        chosen = tuple(dict.fromkeys(f.name for name in features for f in named(name)))
        return Plan(seed, strength, (("chosen", chosen),), ((0, 0),), (1,))
    groups = tuple(
        (g, tuple(f.name for f in all_features().values() if f.group == g and not f.opt_in))
        for g in _WEIGHTS
    )
    weights = tuple(_WEIGHTS.values())
    return Plan(seed, strength, groups, tuple(_turns(weights)), weights)


def _turns(weights: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Spread the groups evenly: the one that is furthest behind its share comes next."""
    used = [0] * len(weights)
    total = sum(weights)
    for turn in range(1, total + 1):
        index = max(range(len(weights)), key=lambda i: weights[i] * turn - used[i] * total)
        yield index, used[index]
        used[index] += 1


@cache
def rules(features: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return what the features say of each other, as far as both are among them."""
    known = all_features()
    excluding = {
        (x, y)
        for a in features
        for b in known[a].excludes
        if b in features
        for x, y in ((a, b), (b, a))
    }
    implying = {(a, b) for a in features for b in known[a].implies if b in features}
    return (
        *(Rule(a, b, False) for a, b in sorted(excluding)),
        *(Rule(a, b, True) for a, b in sorted(implying)),
    )


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """What a set of cases reaches, counted from the cases and not from the design.

    ``pairwise`` and ``three_way`` are shares in [0, 1] of the feasible combinations of two or
    three features of a group, each on or off. ``rows`` counts different sets of features,
    ``shapes`` different schemas of called tools when names, texts and numbers are ignored.
    ``mean_request_tokens`` is an estimate at four bytes a token.
    """

    cases: int
    rows: int
    pairwise: float
    three_way: float
    shapes: int
    mean_request_tokens: int


def describe_plan(cases: Iterable[Case], features: Sequence[str] = ()) -> PlanSummary:
    """Count what the cases reach; ``features`` when only those were asked for."""
    drawn = list(cases)
    sizes = [_request_bytes(case) for case in drawn]
    return PlanSummary(
        cases=len(drawn),
        rows=len({case.features for case in drawn}),
        pairwise=coverage(drawn, 2, features),
        three_way=coverage(drawn, 3, features),
        shapes=len({shape_of(case) for case in drawn}),
        mean_request_tokens=round(sum(sizes) / max(1, len(sizes)) / _BYTES_PER_TOKEN),
    )


def coverage(cases: Iterable[Case], strength: int, features: Sequence[str] = ()) -> float:
    """Return the share of feasible combinations that some case holds, over all groups."""
    sets = {frozenset(case.features) for case in cases}
    held = feasible = 0
    for _, group in make_plan(features=features).groups:
        rows = {tuple((name, name in found) for name in group) for found in sets}
        wanted = set(combinations_of(group, rules(group), strength))
        size = min(strength, len(group))
        seen = {combination for row in rows for combination in combinations(row, size)}
        held += len(wanted & seen)
        feasible += len(wanted)
    return held / feasible


def shape_of(case: Case) -> str:
    """Return the schemas of the called tools (all on offer when none is) without any wording."""
    called = {call.tool for turn in case.turns for call in turn.expect.calls}
    tools = [t for t in case.tools if t.name in called] or case.tools
    return json.dumps([_skeleton(t.parameters) for t in tools])


def _skeleton(schema: Json) -> Json:
    """Keep types, keywords and structure; drop names, texts, numbers and order."""
    if isinstance(schema, list):
        return [_skeleton(item) for item in schema]
    if not isinstance(schema, dict):
        return None
    kept: dict[str, Json] = {}
    for key in sorted(schema.keys() - {"description", "title"}):
        value = schema[key]
        if key in ("properties", "$defs", "definitions") and isinstance(value, dict):
            kept[key] = sorted(json.dumps(_skeleton(node)) for node in value.values())
        elif key in ("required", "enum"):
            kept[key] = len(value) if isinstance(value, list) else None
        else:
            kept[key] = value if key == "type" else _skeleton(value)
    return kept


_BYTES_PER_TOKEN = 4


def _request_bytes(case: Case) -> int:
    tools = [[t.name, t.description, t.parameters] for t in case.tools]
    messages = [m.content for turn in case.turns for m in turn.messages]
    return len(json.dumps([tools, messages], ensure_ascii=False).encode())
