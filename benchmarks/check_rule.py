"""Simulate the decision rules with known truth, through the code that ships.

    python benchmarks/check_rule.py [--quick]

Prints how often `toolfuzz check` decides rightly and what it spends, how often the headline
interval holds the truth, and the error rates and calls of the sequential test.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from toolfuzz.analyze.check import AskPairs, CheckDecision, CheckRule, Fresh, decide
from toolfuzz.analyze.paired import CasePair, CaseResult
from toolfuzz.analyze.rates import rate, wilson
from toolfuzz.analyze.sequential import SequentialTest

RULE = CheckRule()
OLD_DEFECTS = tuple(f"old-{n}" for n in range(5))


@dataclass(frozen=True)
class World:
    """Two models. ``always``: the share of cases that both fail whenever asked; ``noise``: the
    chance that any other answer fails; ``broken``: the share that only the candidate fails, each
    time with chance ``strength``, as one new defect or spread over the old ones."""

    name: str
    always: float
    noise: float
    broken: float = 0.0
    strength: float = 1.0
    new_defect: bool = True
    noisier: float = 0.0
    aim: str = ""


WORLDS = (
    World("no change at .95, mostly persistent failures", 0.04, 0.0104, aim="FAIL <= 2%"),
    World("no change at .95, all noise", 0, 0.05, aim="FAIL <= 2%"),
    World("no change at .90, all noise", 0, 0.10),
    World("no change at .99, all noise", 0, 0.01),
    World("no change at 1.00", 0, 0.0),
    World("-2 points, systematic, old defects", 0.04, 0.0104, 0.0202, new_defect=False),
    World("-2 points, systematic, new defect", 0.04, 0.0104, 0.0202),
    World("-5 points, systematic, old defects", 0.04, 0.0104, 0.0505, new_defect=False),
    World("-5 points, systematic, new defect", 0.04, 0.0104, 0.0505, aim="FAIL >= 95%"),
    World("-5 points, broken 70% of the time", 0.04, 0.0104, 0.0722, 0.7, False),
    World("-5 points, systematic, over noise, old defects", 0, 0.05, 0.0526, new_defect=False),
    World("-5 points, systematic, over noise, new defect", 0, 0.05, 0.0526),
    World("-5 points, all noise", 0, 0.05, noisier=0.05),
    World("-10 points, systematic, new defect", 0.04, 0.0104, 0.1010, aim="FAIL >= 99%"),
    World("-10 points, systematic, old defects", 0.04, 0.0104, 0.1010, new_defect=False),
    World("-10 points, broken 70% of the time", 0.04, 0.0104, 0.1443, 0.7, False),
    World("-10 points, systematic, over noise", 0, 0.05, 0.1053, new_defect=False),
    World("-10 points, all noise", 0, 0.05, noisier=0.10),
)


class Models:
    """The two sides of one trial: which cases are broken, and answers to them."""

    def __init__(self, world: World, rng: np.random.Generator, cases: int) -> None:
        self.rng, self.world = rng, world
        fate = rng.random(cases)
        self.always = fate < world.always
        self.broken = ~self.always & (fate < world.always + world.broken)
        self.defect = rng.integers(0, len(OLD_DEFECTS), cases)

    def answers(self, case: int, times: int, *, candidate: bool) -> tuple[CaseResult, ...]:
        noise = self.world.noise + (self.world.noisier if candidate else 0)
        draws = self.rng.random((2, times)).tolist()
        slug = OLD_DEFECTS[self.defect[case]]
        broken = candidate and self.broken[case]
        said = []
        for chance, other in zip(*draws, strict=True):
            if broken and chance < self.world.strength:
                said.append(failed("new" if self.world.new_defect else slug))
            elif self.always[case]:
                said.append(failed(slug))
            elif other < noise:
                said.append(failed(OLD_DEFECTS[int(other / noise * len(OLD_DEFECTS))]))
            else:
                said.append(PASSED)
        return tuple(said)


PASSED = CaseResult(True)
FAILED = {slug: CaseResult(False, frozenset({slug})) for slug in (*OLD_DEFECTS, "new")}


def failed(slug: str) -> CaseResult:
    return FAILED[slug]


def check_once(
    world: World, rng: np.random.Generator, *, can_reask: bool = True
) -> tuple[CheckDecision, int]:
    """Play one check to its end; return the decision and the calls spent on both sides."""
    models = Models(world, rng, RULE.looks[-1])
    pairs: list[CasePair] = []
    fresh: dict[str, Fresh] = {}
    calls = 0
    while True:
        step = decide(pairs, fresh, RULE, can_reask=can_reask)
        if isinstance(step, CheckDecision):
            return step, calls
        if isinstance(step, AskPairs):
            for case in range(len(pairs), step.pairs):
                [old] = models.answers(case, 1, candidate=False)
                [new] = models.answers(case, 1, candidate=True)
                pairs.append(CasePair(str(case), old, new))
                calls += 2
            continue
        for case_id in step.case_ids:
            old = models.answers(int(case_id), step.times, candidate=False)
            new = models.answers(int(case_id), step.times, candidate=True)
            fresh[case_id] = Fresh(old, new)
            calls += 2 * step.times


def check(trials: int) -> Iterator[str]:
    yield f"check against a baseline, {trials} trials a row, margin {RULE.margin:.0%}"
    yield f"  {'':50}{'PASS':>7}{'FAIL':>7}{'INCONCL':>9}{'calls':>7}"
    for world in WORLDS:
        yield row(world, trials, can_reask=True)
    for world in WORLDS[:2]:
        yield row(world, trials, can_reask=False)


def row(world: World, trials: int, *, can_reask: bool) -> str:
    rng = np.random.default_rng(7)
    outcomes = [check_once(world, rng, can_reask=can_reask) for _ in range(trials)]
    share = {
        word: sum(d.outcome == word for d, _ in outcomes) / trials
        for word in ("PASS", "FAIL", "INCONCLUSIVE")
    }
    calls = np.mean([spent for _, spent in outcomes])
    name = world.name + ("" if can_reask else ", unconfirmed")
    passed, failed_, open_ = share.values()
    aim = f"aim: {world.aim}" if world.aim and can_reask else ""
    return f"  {name:50}{passed:7.1%}{failed_:7.1%}{open_:9.1%}{calls:7.0f}   {aim}"


SAMPLES = (
    (0.95, 0.3, 50, 4),
    (0.90, 0.3, 50, 4),
    (0.99, 0.3, 50, 4),
    (0.95, 0.3, 50, 10),
    (0.95, 0.3, 10, 4),
    (0.95, 0.3, 200, 1),
)


def coverage(trials: int) -> Iterator[str]:
    yield f"the 95% interval of the rate, {trials} trials a row"
    yield f"  {'(aim: ours >= 93%)':50}{'ours':>7}{'width':>7}{'plain Wilson':>14}"
    for true, icc, schemas, repeats in SAMPLES:
        rng = np.random.default_rng(11)
        ours = plain = width = 0.0
        spread = (1 - icc) / icc
        for _ in range(trials):
            chances = rng.beta(true * spread, (1 - true) * spread, schemas)
            passed = rng.random((schemas, repeats)) < chances[:, None]
            got = rate((str(n), bool(ok)) for n, of in enumerate(passed) for ok in of)
            low, high = wilson(int(passed.sum()), passed.size)
            ours += got.low <= true <= got.high
            plain += low <= true <= high
            width += got.high - got.low
        name = f"{schemas} schemas x {repeats} at {true}, ICC {icc}"
        yield f"  {name:50}{ours / trials:7.1%}{width / trials:7.3f}{plain / trials:14.1%}"


def sequential(trials: int) -> Iterator[str]:
    test = SequentialTest()
    yield f"accept {test.accept} or reject {test.reject}, {trials} trials a row"
    yield f"  {test.words()}"
    yield f"  {'true rate':50}{'accept':>7}{'reject':>7}{'capped':>9}{'calls':>7}"
    for true in (1.0, 0.99, 0.97, 0.95, 0.906):
        rng = np.random.default_rng(13)
        made = []
        for _ in range(trials):
            decision = test.decide((rng.random(test.cap) < true).tolist())
            assert decision is not None
            made.append(decision)
        accepted = sum(d.outcome == "ACCEPT" for d in made) / trials
        capped = sum(d.capped for d in made) / trials
        calls = np.mean([d.calls for d in made])
        yield f"  {true:<50}{accepted:7.1%}{1 - accepted:7.1%}{capped:9.1%}{calls:7.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the trials")
    share = 0.1 if parser.parse_args().quick else 1.0
    for part, trials in ((sequential, 10_000), (coverage, 4_000), (check, 2_000)):
        begun = time.perf_counter()
        for line in part(int(trials * share)):
            print(line, flush=True)
        print(f"  ({time.perf_counter() - begun:.0f} s)\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
