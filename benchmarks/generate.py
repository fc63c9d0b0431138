"""How fast cases are drawn, and what n of them cover. Prints one table; ``--json`` for figures.

python benchmarks/generate.py [--cases 1000]
"""

import argparse
import json
import time
from itertools import combinations
from typing import Any

from toolfuzz.generate import draw_cases
from toolfuzz.generate.covering import combinations_of, covering_rows
from toolfuzz.generate.draw import Mix, Slot, slot
from toolfuzz.generate.plan import Plan, describe_plan, make_plan, rules, shape_of
from toolfuzz.generate.probes import all_probes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = measure(given.cases, given.seed)
    if given.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        shown = value if not isinstance(value, dict) else json.dumps(value)
        print(f"{name:28} {shown}")


def measure(n: int, seed: int) -> dict[str, Any]:
    plan = make_plan(seed)
    mix = Mix(seed, plan, tuple(all_probes()))
    slot(mix, 0)
    wall, cpu = time.perf_counter(), time.process_time()
    slots = [slot(mix, k) for k in range(n)]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    cases = [s.case for s in slots if s.case is not None]
    reached = {str(k): describe_plan(cases[:k]) for k in (50, 100, 200, 500, 1000) if k <= n}
    return {
        "cases/s of one core": round(n / cpu),
        "cases/s by the clock": round(n / wall),
        "distinct cases": len({c.id for c in cases}),
        "distinct shapes per 1,000": round(1000 * len({shape_of(c) for c in cases}) / n),
        "invalid share": invalid_share(slots),
        "rows, t = 2 (aim 16)": rows(plan, 2),
        "rows, t = 3 (aim 48)": rows(plan, 3),
        "cases until t = 2": cases_until_covered(plan, 2, seed),
        "cases until t = 3": cases_until_covered(plan, 3, seed),
        "pairwise after n cases": {k: round(s.pairwise, 4) for k, s in reached.items()},
        "3-way after n cases": {k: round(s.three_way, 4) for k, s in reached.items()},
        "mean request tokens": describe_plan(cases).mean_request_tokens,
    }


def invalid_share(slots: list[Slot]) -> float:
    """Draws that broke their own schema, of all draws: nothing else makes a slot try again."""
    tries = sum(s.tries for s in slots)
    return (tries - sum(s.case is not None for s in slots)) / tries


def rows(plan: Plan, strength: int) -> dict[str, int]:
    return {name: len(covering_rows(f, rules(f), strength, plan.seed)) for name, f in plan.groups}


def cases_until_covered(plan: Plan, strength: int, seed: int) -> dict[str, int | None]:
    """Cases of each group's own features (``echo``) until all combinations were seen in them."""
    found: dict[str, int | None] = {}
    for name, features in plan.groups:
        missing = set(combinations_of(features, rules(features), strength))
        found[name] = None
        mix = draw_cases(200, seed=seed, features=features, strength=strength, probes=["echo"])
        for k, case in enumerate(mix, 1):
            states = [(f, f in case.features) for f in features]
            missing -= set(combinations(states, strength))
            if not missing:
                found[name] = k
                break
    return found


if __name__ == "__main__":
    main()
