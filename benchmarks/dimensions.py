"""What the dimensions claim: who passes which, what is proved of drawn worlds, and what they cost.

    python benchmarks/dimensions.py [--quick]

Over real HTTP, simulated models that lack one thing are asked all dimensions. Of each family's
worlds, as they are drawn and before any is thrown away, it is counted which agents pass. Then: how
fast they are drawn with their proofs, what is left in memory, and how well adaptive levels find
where simulated callers of known level fail one half, beside as many scenarios at fixed levels. The
figures stand beside those that docs/dimensions.md claims.
"""

import argparse
import gc
import re
import statistics
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import exp, log, sqrt
from pathlib import Path
from random import Random

import toolfuzz
from toolfuzz.analyze.levels import Answer, estimate, next_level
from toolfuzz.core.case import Case
from toolfuzz.generate.dimensions import all_dimensions, case_of, draw_pair, find, value_of
from toolfuzz.generate.pick import Pick, words
from toolfuzz.simulate.profiles import profiles
from toolfuzz.worlds import agents
from toolfuzz.worlds.family import Family
from toolfuzz.worlds.prove import PROOFS
from toolfuzz.worlds.spec import world_of

DOCS = Path(__file__).parents[1] / "docs" / "dimensions.md"
CALLERS = 5
SCENARIOS = 40
"""Of a dimension, in a run."""
SLOPE, LAPSE = 2.2, 0.02
LONG = 100_000
"""Tokens between what is told and where it is needed."""

Figures = dict[str, str]


def lacking() -> dict[str, str]:
    """Return dimension → the simulated model that ignores it."""
    faults = {f"ignores-{name}": name for name in all_dimensions()}
    return {
        faults[profile.faults[0]]: name
        for name, profile in profiles().items()
        if len(profile.faults) == 1 and profile.faults[0] in faults
    }


def matrix(cases: int) -> Figures:
    """Ask every model every dimension over HTTP."""
    lacks = lacking()
    models = ["clean", *lacks.values()]
    with tempfile.TemporaryDirectory() as folder:
        run = toolfuzz.run(
            [f"sim/{model}" for model in models],
            probes=list(lacks),
            cases=cases,
            out=f"{folder}/run",
        )
    success = {
        (target["target"].removeprefix("sim/"), name): target["dimensions"][name]
        for target in run["targets"]
        for name in lacks
    }
    print(f"success over HTTP, {cases} worlds and as many twins each\n")
    print(f"{'':12}" + "".join(f"{name:>14}" for name in lacks) + f"{'twins':>8}")
    for model in models:
        row = [success[model, name] for name in lacks]
        twins = min(one["twin"]["rate"] for one in row)
        cells = "".join(f"{one['success']['rate']:>14.1%}" for one in row)
        print(f"{model:12}{cells}{twins:>8.0%}")
    rates = {key: one["success"]["rate"] for key, one in success.items()}
    own = [rates[model, name] for name, model in lacks.items()]
    others = [r for (m, n), r in rates.items() if m not in ("clean", lacks[n])]
    return {
        "own dimension, at most": f"{max(own):.1%}",
        "other dimensions, at least": f"{min(others):.1%}" if others else "–",
        "sim/clean, at least": f"{min(rates['clean', name] for name in lacks):.1%}",
        "control twins, at least": f"{min(o['twin']['rate'] for o in success.values()):.1%}",
    }


def raw(family: Family, k: int, level: int | None = None) -> tuple[Case, Case] | None:
    """Draw a pair as it comes, whatever its proofs say."""
    key = ("benchmark", family.name, k)
    try:
        burdened, twin = family.draw(Pick(words(*key)), level or family.usual, repr(key))
    except (ValueError, LookupError):
        return None
    return case_of(burdened, family), case_of(twin, family)


def passing(family: Family, case: Case) -> Iterator[tuple[str, bool]]:
    """Yield who plays a world, and whether it passes."""
    players = {
        "brain": agents.brain(family),
        "ignoring": agents.ignorant(family),
        "null": agents.null,
        "spam": agents.spam(value_of),
        "echo": agents.echo,
        "no results": agents.without_results(family),
    }
    for name, agent in players.items():
        yield name, agents.played(case, agent).outcome.status == "pass"
    for n in range(CALLERS):
        caller = agents.chance(value_of, int(case.id[:8], 16) + n)
        yield "random", agents.played(case, caller).outcome.status == "pass"
    for proof in PROOFS:
        if proof.name in ("one reading", "known before needed"):
            yield proof.name, not proof.proves(family, case, value_of)


WHO = (
    "brain",
    "ignoring",
    "null",
    "spam",
    "echo",
    "no results",
    "random",
    "one reading",
    "known before needed",
)
MUST = ("brain", "one reading", "known before needed")


def proofs(worlds: int) -> Figures:
    """Count who passes worlds as they are drawn; null and refuse-all are one: they do nothing."""
    print(f"\nwho passes, of {worlds} worlds of each family (random: {CALLERS} callers a world)\n")
    print(f"{'':14}" + "".join(f"{name[:12]:>13}" for name in WHO) + f"{'odd':>6}")
    shares: dict[tuple[str, str], float] = {}
    odd_ones = 0
    for family in all_dimensions().values():
        passed: Counter[str] = Counter()
        tried: Counter[str] = Counter()
        drawn = [raw(family, k) for k in range(worlds)]
        odd = drawn.count(None)
        for pair in drawn:
            for name, passes in passing(family, pair[0]) if pair else ():
                tried[name] += 1
                passed[name] += passes
        odd_ones += odd
        shares |= {(family.name, name): passed[name] / tried[name] for name in WHO}
        cells = "".join(f"{shares[family.name, name]:>13.1%}" for name in WHO)
        print(f"{family.name:14}{cells}{odd:>6}")

    def most(*names: str) -> str:
        return f"{max(share for (_, name), share in shares.items() if name in names):.1%}"

    return {
        "solved, read back and known, at least": (
            f"{min(share for (_, name), share in shares.items() if name in MUST):.1%}"
        ),
        "passed by doing nothing, spam or echo, at most": most("null", "spam", "echo"),
        "passed without results, at most": most("no results"),
        "passed while ignoring the dimension, at most": most("ignoring"),
        "passed at random, at most": most("random"),
        "could not be drawn at first": f"{odd_ones / worlds / len(all_dimensions()):.1%}",
    }


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def drawing(pairs: int) -> Figures:
    """Draw pairs with their proofs, at the usual levels; and a very long talk."""
    print("\nworlds a second of one core, with their proofs\n")
    speeds = {}
    for family in all_dimensions().values():
        spent = seconds(lambda family=family: [draw_pair(family, 77, k) for k in range(pairs)])
        speeds[family.name] = 2 * pairs / spent
        print(f"{family.name:14}{speeds[family.name]:>8.0f}")
    figures = {"worlds drawn a second, at least": f"{min(speeds.values()):.0f}"}
    if "retention" in speeds:
        family = find("retention")
        least, most = family.levels
        level = next(n for n in range(least, most + 1) if apart(family, n) >= LONG)
        spent = statistics.median(
            seconds(lambda k=k: draw_pair(family, 78, k, level)) for k in range(3)
        )
        figures["a world and twin of 100,000 tokens drawn in"] = f"{spent:.2f} s"
    return figures


def apart(family: Family, level: int) -> int:
    """Return how many tokens lie between what is told and where it is needed, drawn once."""
    burdened, _ = family.draw(Pick(words("apart", level)), level, "('apart',)")
    return int(burdened.world.apart[1])


def memory(pairs: int) -> Figures:
    """Play scenarios of all dimensions once, so that all caches are full, and then nine times."""
    drawn = [
        (family, case)
        for family in all_dimensions().values()
        for k in range(pairs)
        for case in draw_pair(family, 79, k, family.levels[0])
    ]

    def play(times: int) -> int:
        for _ in range(times):
            for family, case in drawn:
                agents.played(case, agents.brain(family))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    before, after = play(1), play(9)
    tracemalloc.stop()
    each = (after - before) / len(drawn) / 9
    print(f"\nin memory after {len(drawn)} scenarios: {before / 1e3:.0f} kB,", end=" ")
    print(f"after {10 * len(drawn)}: {after / 1e3:.0f} kB")
    return {"kept in memory of a scenario, at most": f"{max(each, 0):.0f} bytes"}


def chance(level: int, half: float) -> float:
    """Return the chance that a caller passes who fails one half at ``half``."""
    top = 1 - LAPSE
    return top / (1 + exp(SLOPE * log(level / half) + log(2 * top - 1)))


def adaptively(rng: Random, half: float, among: tuple[int, int]) -> list[Answer]:
    answers: list[Answer] = []
    for _ in range(SCENARIOS):
        level = next_level(answers, among)
        answers.append((level, rng.random() < chance(level, half)))
    return answers


def at_fixed_levels(rng: Random, half: float, among: tuple[int, int]) -> list[Answer]:
    """Ask as many scenarios, spread evenly over eight levels in equal ratios."""
    least, most = among
    levels = [round(least * (most / least) ** (n / 7)) for n in range(8)]
    asked = [levels[n % len(levels)] for n in range(SCENARIOS)]
    return [(level, rng.random() < chance(level, half)) for level in asked]


def calls_of(family: Family, level: int) -> float:
    """Return how many calls the shortest known way takes at a level."""
    pairs = [pair for k in range(5) if (pair := raw(family, k, level))]
    return statistics.mean(sum(map(len, world_of(pair[0]).gold)) for pair in pairs)


def staircases(callers: int) -> Figures:
    """Estimate the level of callers whose level is known, by both designs."""
    family = find("plan")
    among = family.adaptive_levels
    calls = {level: calls_of(family, level) for level in range(among[0], among[1] + 1)}
    print(
        f"\nlevel at which callers fail one half, {SCENARIOS} scenarios each ({callers} callers)\n"
    )
    figures = {}
    for name, design in (("adaptive", adaptively), ("fixed levels", at_fixed_levels)):
        rng, off, spent, held = Random(name), [], [], 0
        for n in range(callers):
            half = among[0] * (among[1] / among[0]) ** ((n + 0.5) / callers)
            answers = design(rng, half, among)
            found = estimate(answers, among)
            off.append(log(found.level / half))
            held += found.low <= half <= found.high
            spent.append(sum(calls[int(level)] for level, _ in answers))
        error = exp(sqrt(statistics.mean(one * one for one in off)))
        print(
            f"{name:14}off by a factor of {error:.2f}, interval right {held / callers:.0%},", end=""
        )
        print(f" {statistics.mean(spent):.0f} calls")
        figures[f"level, {name}: off by a factor of"] = f"{error:.2f}"
        figures[f"level, {name}: calls"] = f"{statistics.mean(spent):.0f}"
    return figures


def claimed() -> Figures:
    """Return what docs/dimensions.md claims: figure → value."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def main(arguments: Sequence[str] | None = None) -> Figures:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="few of everything, in a minute")
    quick = parser.parse_args(arguments).quick
    figures = matrix(1 if quick else 20)
    figures |= proofs(2 if quick else 300)
    figures |= drawing(2 if quick else 100)
    figures |= memory(1 if quick else 10)
    figures |= staircases(2 if quick else 100)
    claims = claimed()
    print(f"\n{'figure':50}{'measured':>12}{'docs':>12}\n")
    for name, value in figures.items():
        print(f"{name:50}{value:>12}{claims.get(name, '–'):>12}")
    return figures


if __name__ == "__main__":
    main()
