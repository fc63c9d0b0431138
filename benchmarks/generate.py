"""How fast cases are drawn, and what n of them cover, over several seeds.

python benchmarks/generate.py [--cases 1000] [--seeds 10]
"""

import argparse
import time
from collections.abc import Iterable
from statistics import median
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from toolfuzz.core.case import Case
from toolfuzz.generate.cases import generated, weighted
from toolfuzz.generate.covering import covering_rows
from toolfuzz.generate.draw import Mix, Slot, slot
from toolfuzz.generate.pick import Pick
from toolfuzz.generate.plan import Plan, coverage, make_plan, rules, shape_of
from toolfuzz.generate.probes import usual_probes
from toolfuzz.generate.validity import invalid_at
from toolfuzz.strategies import from_choices


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    for name, value in measure(given.cases, range(given.seeds)).items():
        print(f"{name:44} {value}")


def measure(n: int, seeds: range) -> dict[str, Any]:
    drawn = [timed(n, seed) for seed in seeds]
    cases = [[s.case for s in slots if s.case is not None] for slots, _ in drawn]
    plans = [make_plan(seed) for seed in seeds]
    figures: dict[str, Any] = {
        "cases/s of one core": spread(n / seconds for _, seconds in drawn),
        "the same with Hypothesis' own choices": round(native(n)),
        "different cases": spread(len({c.id for c in some}) for some in cases),
        "different shapes per 1,000": spread(
            1000 * len({shape_of(c) for c in some}) / n for some in cases
        ),
        "invalid share": max(invalid_share(slots) for slots, _ in drawn),
    }
    for strength, noun, aim in ((2, "pairs", 16), (3, "triples", 48)):
        counts = [count for plan in plans for count in rows(plan, strength)]
        figures[f"rows until all {noun} (aim {aim})"] = spread(counts)
        for k in (k for k in (50, 100, 200, 500, 1000) if k <= n):
            shares = (100 * coverage(some[:k], strength) for some in cases)
            figures[f"{noun} covered by {k} cases, %"] = spread(shares, 2)
    return figures


def spread(values: Iterable[float], digits: int = 0) -> str:
    found = sorted(values)
    least, middle, most = (f"{v:.{digits}f}" for v in (found[0], median(found), found[-1]))
    return f"least {least}, median {middle}, most {most}"


def timed(n: int, seed: int) -> tuple[list[Slot], float]:
    """Draw n slots; returns them and the seconds of CPU time."""
    mix = Mix(seed, make_plan(seed), usual_probes())
    slot(mix, 0)
    start = time.process_time()
    return [slot(mix, k) for k in range(n)], time.process_time() - start


def native(n: int) -> float:
    """Draw cases of the same rows by Hypothesis' own choices; returns cases a second."""
    plan, probes = make_plan(), weighted(usual_probes())
    for k in range(n):  # rows are worked out once and kept
        plan.row(k)
    drawn = 0

    def make(pick: Pick) -> Case | None:
        row = plan.row(pick.below(n))
        return generated(pick, probes, row.group, row.features)

    @settings(
        max_examples=n,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(from_choices(make))
    def draw(case: Case) -> None:
        nonlocal drawn
        drawn += not invalid_at(case)

    start = time.process_time()
    draw()
    return drawn / (time.process_time() - start)


def invalid_share(slots: list[Slot]) -> float:
    """Draws that broke their own schema, of all draws: nothing else makes a slot try again."""
    tries = sum(s.tries for s in slots)
    return (tries - sum(s.case is not None for s in slots)) / tries


def rows(plan: Plan, strength: int) -> list[int]:
    return [len(covering_rows(f, rules(f), strength, plan.seed)) for _, f in plan.groups]


if __name__ == "__main__":
    main()
