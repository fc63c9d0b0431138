"""Planted causes: how often the ablation names the right one, and what it costs.

Drawn cases that fail with probability RATE when they have a planted feature (or two together) and
in 2% of all other answers. The screen sees 100 answers of different cases; then the smallest
failing case is taken apart by live calls. "False" means that a feature is called a cause that
has nothing to do with the planted one (features that always come with it don't count).

    python benchmarks/attribute.py [--singles 40] [--pairs 40] [--rate 0.7]
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Sequence

from toolfuzz.analyze.screen import screen
from toolfuzz.core.case import Case
from toolfuzz.evidence.ablation import Cause, ablate
from toolfuzz.evidence.toggles import features_of, toggle
from toolfuzz.evidence.tree import size
from toolfuzz.generate import draw_cases

NOISE = 0.02


def answers(cases: Sequence[Case], planted: frozenset[str], rate: float, rng: random.Random):
    """Return what the screen takes: (features, failed) for each case."""
    return [
        (features_of(c), rng.random() < (rate if planted <= features_of(c) else NOISE))
        for c in cases
    ]


async def confirm(
    case: Case, planted: frozenset[str], rate: float, rng: random.Random, suspects: Sequence[str]
) -> Cause:
    async def fails(other: Case) -> bool:
        return rng.random() < (rate if planted <= features_of(other) else NOISE)

    return await ablate(case, fails, suspects=suspects)


def plant(
    cases: Sequence[Case], size_: int, count: int, rng: random.Random
) -> list[frozenset[str]]:
    """Return sets of features that some case has together and that can be taken away."""
    found: set[frozenset[str]] = set()
    features = {c.id: features_of(c) for c in cases}
    tries = 0
    while len(found) < count and tries < 50 * count:
        tries += 1
        case = rng.choice(cases)
        if len(features[case.id]) < size_:
            continue
        picked = frozenset(rng.sample(sorted(features[case.id]), size_))
        often = sum(picked <= had for had in features.values())
        if 3 <= often < len(cases) // 2 and all(toggle(case, f) for f in picked):
            found.add(picked)
    return sorted(found, key=sorted)


def measure(
    name: str, cases: Sequence[Case], wanted: Sequence[frozenset[str]], rate: float
) -> None:
    began = time.monotonic()
    right = false = screened = 0
    calls = []
    for number, planted in enumerate(wanted):
        rng = random.Random(f"{name} {number}")
        seen = answers(cases, planted, rate, rng)
        associated = [a for a in screen(seen) if a.associated]
        screened += bool(associated) and planted & set(associated[0].features) != set()
        having = [c for c in cases if planted <= features_of(c)]
        example = min(having, key=size)
        suspects = sorted({f for a in associated[:5] for f in a.features})
        cause = asyncio.run(confirm(example, planted, rate, rng, suspects))
        calls.append(cause.calls)
        named = set(cause.features)
        inseparable = set().union(*(_with(example, f) for f in planted))
        right += cause.proven and planted <= named | set(cause.also) and named <= inseparable
        false += cause.proven and not named <= inseparable
    n = len(wanted)
    print(
        f"{name:8} {n:3d} planted at {rate}: screen finds {screened / n:5.1%}, right cause "
        f"{right / n:5.1%}, false cause {false / n:4.1%}, calls median "
        f"{statistics.median(calls):.0f} p90 {sorted(calls)[int(0.9 * n)]}"
        f"   ({time.monotonic() - began:.0f} s)"
    )


def _with(case: Case, feature: str) -> set[str]:
    """The feature and what can't be told apart from it in this case."""
    found = toggle(case, feature)
    return {feature} | (set(found.lost) if found else set())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--singles", type=int, default=40)
    options.add_argument("--pairs", type=int, default=40)
    options.add_argument("--rate", type=float, default=0.7)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    rng = random.Random(given.seed)
    cases = [c for c in draw_cases(100, seed=given.seed) if c.turns[0].expect.calls]
    print("aims: single >= 95%, pair >= 85%, false causes <= 2%")
    measure("single", cases, plant(cases, 1, given.singles, rng), given.rate)
    measure("pair", cases, plant(cases, 2, given.pairs, rng), given.rate)


if __name__ == "__main__":
    main()
