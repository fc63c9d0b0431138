"""Simulate the decision rules with known truth, through the code that ships.

    python benchmarks/check_rule.py [--quick]

Prints how often `toolfuzz check` decides rightly and what it spends, how often the headline
interval holds the truth, and the error rates and calls of the sequential test.
"""

import argparse
import re
import sys
import time
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from toolfuzz.analyze.check import AskCases, CheckDecision, CheckRule, decide
from toolfuzz.analyze.confirm import Fresh
from toolfuzz.analyze.paired import CallPair, CallResult, Question
from toolfuzz.analyze.rates import rate, wilson
from toolfuzz.analyze.sequential import SequentialTest

RULE = CheckRule()
OLD_DEFECTS = tuple(f"old-{n}" for n in range(5))
# How the baseline's failures are spread over them.
SHARES = (0.5, 0.2, 0.1, 0.1, 0.1)
UP_TO = tuple(accumulate(SHARES[:-1]))
RATES = (0.98, 0.9, 0.8, 0.5)


@dataclass(frozen=True)
class World:
    """Two models, the baseline right at ``rate``. Of its failures the share ``noise`` comes anew
    at random with every answer; the others come whenever their case is asked. The candidate is
    ``drop`` worse: on some cases always (or with chance ``strength``), or ``at_random`` on all.
    ``defect`` is what it fails those with: a new one, the old ones, or the first of these.
    """

    name: str
    rate: float
    drop: float = 0.0
    defect: str = "old"
    noise: float = 0.2
    strength: float = 1.0
    at_random: bool = False
    can_reask: bool = True
    aim: str = ""

    @property
    def always(self) -> float:
        """The share of cases that both sides fail whenever asked."""
        return (1 - self.rate) * (1 - self.noise)

    @property
    def chance(self) -> float:
        """How often the baseline fails any other answer."""
        return 1 - self.rate / (1 - self.always)

    @property
    def broken(self) -> float:
        """The share of cases that only the candidate fails."""
        return 0.0 if self.at_random else self.drop / self.strength / (1 - self.chance)


def worlds() -> Iterator[World]:
    for rate_ in RATES:
        yield World("no change", rate_, aim="FAIL <= 1%")
        yield World("no change, all noise", rate_, noise=1, aim="FAIL <= 1%")
        yield World("no change, all noise, unconfirmed", rate_, noise=1, can_reask=False)
        yield World("-2 points, old defects", rate_, 0.02, aim="FAIL <= 2%")
        yield World("-2 points, the commonest old defect", rate_, 0.02, "first", aim="FAIL <= 2%")
        yield World("-2 points, new defect", rate_, 0.02, "new")
        yield World("-5 points, old defects", rate_, 0.05)
        yield World("-5 points, new defect", rate_, 0.05, "new", aim="FAIL >= 95%")
        yield World("-5 points, new defect, in 70% of askings", rate_, 0.05, "new", strength=0.7)
        yield World("-10 points, old defects", rate_, 0.1, aim="FAIL >= 95%")
        yield World("-10 points, old defects, at random", rate_, 0.1, at_random=True)


class Models:
    """The two sides of one trial: which cases are broken, and answers to them."""

    def __init__(self, world: World, rng: np.random.Generator, cases: int) -> None:
        self.rng, self.world = rng, world
        fate = rng.random(cases)
        self.always = fate < world.always
        self.broken = ~self.always & (fate < world.always + world.broken)
        self.defect = rng.choice(len(OLD_DEFECTS), cases, p=SHARES)

    def answers(self, case: int, times: int, *, candidate: bool) -> tuple[CallResult, ...]:
        world = self.world
        noise = world.chance + (world.drop if candidate and world.at_random else 0)
        draws = self.rng.random((2, times)).tolist()
        slug = OLD_DEFECTS[self.defect[case]]
        worse = {"new": "new", "first": OLD_DEFECTS[0]}.get(world.defect, slug)
        broken = candidate and self.broken[case]
        said = []
        for chance, other in zip(*draws, strict=True):
            if broken and chance < world.strength:
                said.append(FAILED[worse])
            elif self.always[case]:
                said.append(FAILED[slug])
            elif other < noise:
                said.append(FAILED[OLD_DEFECTS[bisect(UP_TO, other / noise)]])
            else:
                said.append(PASSED)
        return tuple(said)


PASSED = CallResult(True)
FAILED = {slug: CallResult(False, frozenset({slug})) for slug in (*OLD_DEFECTS, "new")}


def check_once(world: World, rng: np.random.Generator) -> tuple[CheckDecision, int]:
    """Play one check to its end; return the decision and the calls spent on both sides."""
    models = Models(world, rng, RULE.looks[-1])
    pairs: list[CallPair] = []
    fresh: dict[Question, Fresh] = {}
    calls = 0
    while True:
        step = decide(pairs, fresh, RULE, can_reask=world.can_reask)
        if isinstance(step, CheckDecision):
            return step, calls
        if isinstance(step, AskCases):
            for case in range(len(pairs), step.cases):
                [old] = models.answers(case, 1, candidate=False)
                [new] = models.answers(case, 1, candidate=True)
                pairs.append(CallPair(str(case), old, new))
                calls += 2
            continue
        for case_id in step.case_ids:
            old = models.answers(int(case_id), step.times, candidate=False)
            new = models.answers(int(case_id), step.times, candidate=True)
            fresh[case_id, False] = Fresh(old, new)
            calls += 2 * step.times


@dataclass(frozen=True)
class Measured:
    """Shares of the outcomes, and the mean number of calls."""

    passed: float
    failed: float
    open: float
    calls: float


def measure(world: World, trials: int, seed: int) -> Measured:
    rng = np.random.default_rng(seed)
    outcomes = [check_once(world, rng) for _ in range(trials)]
    passed, failed, open_ = (
        sum(d.outcome == word for d, _ in outcomes) / trials
        for word in ("PASS", "FAIL", "INCONCLUSIVE")
    )
    return Measured(passed, failed, open_, float(np.mean([spent for _, spent in outcomes])))


def mean(measured: Sequence[Measured]) -> Measured:
    names = ("passed", "failed", "open", "calls")
    return Measured(*(float(np.mean([getattr(m, n) for m in measured])) for n in names))


def check(trials: int) -> Iterator[str]:
    each = trials // len(SEEDS)
    yield f"check against a baseline, {each} trials a row and seed, {len(SEEDS)} seeds"
    yield f"  {'':40}{'rate':>5}{'PASS':>7}{'FAIL':>7}{'INCONCL':>9}{'calls':>7}   docs say"
    said = documented()
    for world in worlds():
        row = mean([measure(world, each, seed) for seed in SEEDS])
        passed, failed = said.get((world.name, world.rate), (None, None))
        docs = "-" if failed is None else f"{passed:.0%} / {failed:.1%}"
        yield (
            f"  {world.name:40}{world.rate:5.2f}{row.passed:7.1%}{row.failed:7.1%}{row.open:9.1%}"
            f"{row.calls:7.0f}   {docs:13} {f'aim: {world.aim}' if world.aim else ''}".rstrip()
        )


SEEDS = (1, 2, 3, 4, 5)
DOCS = Path(__file__).parents[1] / "docs" / "checking.md"
_CELL = re.compile(r"([\d.]+) / ([\d.]+)")


def documented() -> dict[tuple[str, float], tuple[float, float]]:
    """Return the shares of PASS and FAIL in docs/checking.md, by world and rate."""
    found = {}
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        shares = [_CELL.fullmatch(cell) for cell in cells]
        if len(shares) == len(RATES) and all(shares):
            for rate_, share in zip(RATES, shares, strict=True):
                assert share
                found[name, rate_] = float(share[1]) / 100, float(share[2]) / 100
    return found


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
