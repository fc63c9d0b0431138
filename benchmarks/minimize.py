"""Minimizing planted failures: calls, rounds, and how often exactly the planted minimum is left.

Real drawn cases of 20 to 150 nodes, eleven kinds of culprits, an endpoint that fails at RATE when
the culprit is there and shows a matching failure in 2% of all other answers. "Exact" means that
the culprit is there and nothing more could go or be said more plainly. In the null rows it fails at
RATE whatever is sent: nothing of the case is needed, and any control would be false. With --http a
few are done over the real simulator as well.

    python benchmarks/minimize.py [--rates 1.0 0.7 0.5 0.3] [--culprits 26] [--seeds 5] [--http]
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.core.case import Case, Json
from toolfuzz.evidence.minimize import Minimized, Standing, minimize
from toolfuzz.evidence.simplify import PlainTree
from toolfuzz.evidence.tree import CaseTree, size
from toolfuzz.generate import draw_cases

NOISE = 0.02
AIMS = {1.0: (0.98, 80), 0.7: (0.95, 120), 0.5: (0.93, 160), 0.3: (0.92, 200)}
NULL_RATES = (0.15, 0.3, 0.7, 1.0)
Here = Callable[[Case], bool]


@dataclass(frozen=True)
class Planted:
    kind: str
    case: Case
    here: Here


def leaves(value: Json) -> Iterator[Json]:
    yield value
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)


def dicts(case: Case) -> Iterator[dict[str, Json]]:
    for tool in case.tools:
        yield from (n for n in leaves(tool.parameters) if isinstance(n, dict))


def values(case: Case) -> Iterator[Json]:
    for call in case.turns[0].expect.calls:
        yield from leaves(call.arguments)


def depth(value: Json) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0) if isinstance(value, dict | list) else 0


def with_keyword(keyword: str) -> Here:
    return lambda case: any(keyword in node for node in dicts(case))


def with_union(case: Case) -> bool:
    return any(
        isinstance(n.get(k), list) and len(n[k]) > 1
        for n in dicts(case)
        for k in ("anyOf", "oneOf")
    )


def with_character(char: str) -> Here:
    return lambda case: any(isinstance(v, str) and char in v for v in values(case))


def with_words(words: str) -> Here:
    return lambda case: words in case.turns[0].messages[-1].content


def both(one: Here, other: Here) -> Here:
    return lambda case: one(case) and other(case)


CULPRITS: dict[str, list[Here]] = {
    "keyword": [with_keyword(k) for k in ("minimum", "maxLength", "pattern", "const", "default")],
    "$ref": [with_keyword("$ref")],
    "union branch": [with_union],
    "schema subtree": [
        lambda case: any(n.get("type") == "array" and "items" in n for n in dicts(case)),
        lambda case: any(
            n.get("type") == "object" and "boolean" in str(n.get("properties")) and d
            for t in case.tools
            for d, n in enumerate(x for x in leaves(t.parameters) if isinstance(x, dict))
        ),
    ],
    "value character": [with_character(c) for c in "é ,\\\n"],
    "tool count": [lambda case: len(case.tools) >= 2, lambda case: len(case.tools) >= 3],
    "prompt text": [with_words("in words"), with_words("all in one turn"), with_words("copy")],
    "nested depth": [lambda case: any(depth(c.arguments) >= 3 for c in _calls(case))],
    "array length": [lambda case: any(isinstance(v, list) and len(v) >= 2 for v in values(case))],
    "description": [lambda case: any(t.description for t in case.tools)],
    "pair": [both(with_keyword("$ref"), with_keyword("enum"))],
}


def _calls(case: Case):
    return case.turns[0].expect.calls


def plant(count: int, seed: int) -> list[Planted]:
    """Return so many culprits, all kinds in turn, each in a case of its own."""
    drawn = [c for c in draw_cases(600, seed=seed) if 20 <= size(c) <= 150 and len(c.turns) == 1]
    random.Random(seed).shuffle(drawn)
    planted: list[Planted] = []
    kinds = [(kind, here) for kind, all_here in CULPRITS.items() for here in all_here]
    while len(planted) < count:
        kind, here = kinds[len(planted) % len(kinds)]
        case = next((c for c in drawn if here(c) and c.turns[0].expect.kind == "calls"), None)
        if case is None:
            kinds.remove((kind, here))
            continue
        drawn.remove(case)
        planted.append(Planted(kind, case, here))
    return planted


def exact(case: Case, here: Here) -> bool:
    """Whether the culprit is there and no single thing could still go or be plainer."""
    if not here(case):
        return False
    tree, plain = CaseTree(case), PlainTree(case)
    for node in tree.candidates(frozenset()):
        smaller = tree.build(frozenset({node}))
        if smaller is not None and here(smaller):
            return False
    for node in plain.candidates(frozenset()):
        plainer = plain.build(frozenset({node}))
        if plainer is not None and here(plainer):
            return False
    return True


@dataclass(frozen=True)
class Study:
    """One minimization: what it found, whether that is right, and its calls by stage."""

    kind: str
    result: Minimized
    right: bool
    stages: dict[str, int]


def study(planted: Planted, rate: float, noise: float, seed: int) -> Study:
    told: list[Standing] = []
    rng = random.Random(f"{seed} {planted.case.id}")

    async def fails(case: Case) -> bool:
        return rng.random() < (rate if planted.here(case) else noise)

    result = asyncio.run(minimize(planted.case, fails, report=told.append))
    stages: dict[str, int] = defaultdict(int)
    for before, now in zip([None, *told], told, strict=False):
        stages[now.stage] += now.calls - (before.calls if before else 0)
    return Study(planted.kind, result, exact(result.case, planted.here), stages)


def studies(
    all_planted: Sequence[tuple[int, Planted]], rate: float, noise: float = NOISE
) -> list[Study]:
    """Return a study of each culprit, which comes with its seed."""
    return [study(planted, rate, noise, seed) for seed, planted in all_planted]


def measure(rate: float, all_planted: Sequence[tuple[int, Planted]]) -> None:
    began = time.process_time()
    done = studies(all_planted, rate)
    calls = sorted(s.result.calls for s in done)
    least, most_calls = AIMS.get(rate, (0.9, 999))
    until = statistics.median(
        n.result.calls - n.stages["asking again"] - n.stages["looking for the control"]
        for n in done
    )
    print(
        f"{rate:4.2f}  exact {sum(s.right for s in done) / len(done):6.1%}  "
        f"calls median {statistics.median(calls):5.0f} p90 {calls[int(0.9 * len(calls))]:4d}  "
        f"until the minimum {until:.0f}  "
        f"rounds {statistics.median(s.result.rounds for s in done):.0f}   "
        f"(aim: exact >= {least:.0%}, calls <= {most_calls}; {time.process_time() - began:.0f} s)"
    )
    names = dict.fromkeys(stage for s in done for stage in s.stages)
    means = (f"{n} {statistics.mean(s.stages[n] for s in done):.0f}" for n in names)
    print(f"      mean calls: {', '.join(means)}")
    if missed := Counter(s.kind for s in done if not s.right):
        print("      not exact:", ", ".join(f"{kind} {n}" for kind, n in missed.most_common()))


def measure_nothing(rate: float, all_planted: Sequence[tuple[int, Planted]]) -> None:
    """Minimize what fails at the rate whatever is sent."""
    anything = [(n, Planted("nothing", p.case, lambda case: True)) for n, p in all_planted]
    done = studies(anything, rate, rate)
    controls = sum(s.result.neighbour is not None for s in done)
    said = sum(s.result.needs_nothing for s in done)
    print(
        f"{rate:4.2f}  whatever is sent: said so in {said / len(done):6.1%}, "
        f"false control {controls / len(done):6.1%}, "
        f"calls median {statistics.median(s.result.calls for s in done):.0f}"
    )


def over_http() -> None:
    """Minimize the commonest failure of five simulated endpoints, through the command line."""
    from click.testing import CliRunner

    from toolfuzz.cli import cli

    slugs = ("object-as-json-string", "array-as-json-string", "number-as-string",
             "html-entity-encoded", "value-nulled")  # fmt: skip
    for slug in slugs:
        with tempfile.TemporaryDirectory() as folder:
            run = str(Path(folder) / "run")
            model = f"sim/fault:{slug}@0.7"
            CliRunner().invoke(cli, ["run", "-m", model, "--cases", "60", "--out", run])
            done = CliRunner().invoke(cli, ["minimize", run, "--most", "1", "--quiet", "--json"])
            (result,) = json.loads(done.stdout)
            print(
                f"http  {slug}: {result['calls']} calls, {result['rounds']} rounds, "
                f"reproduces {result['reproduced']} of {result['asked']}"
            )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rates", type=float, nargs="*", default=sorted(AIMS, reverse=True))
    options.add_argument("--null-rates", type=float, nargs="*", default=NULL_RATES)
    options.add_argument("--culprits", type=int, default=26, help="per seed")
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--http", action="store_true")
    given = options.parse_args()
    planted = [(n, p) for n in range(given.seeds) for p in plant(given.culprits, n)]
    sizes = sorted(size(p.case) for _, p in planted)
    kinds = Counter(p.kind for _, p in planted)
    print(
        f"{len(planted)} culprits of {len(kinds)} kinds in cases of {sizes[0]}-{sizes[-1]} nodes, "
        f"{given.seeds} seeds"
    )
    for rate in given.rates:
        measure(rate, planted)
    for rate in given.null_rates:
        measure_nothing(rate, planted)
    if given.http:
        over_http()


if __name__ == "__main__":
    main()
