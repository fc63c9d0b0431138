"""The same run in one process, on a Ray cluster of two nodes, and with one of them killed.

    python benchmarks/ray_cluster.py                                     the simulator
    python benchmarks/ray_cluster.py --model engine/sglang@0.5.23:glm45  an engine's parser

The nodes are this machine's. All runs must come to the same verdicts, so the target is one that
answers a question that is asked again in the same way. Milliseconds of processor
time a call, of the busiest process of each role; the busiest of all bounds the calls a second
where cores are idle, and its ratio to that of one process is the speed-up that two workers allow.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import workers

from toolfuzz.core.events import Event, VerdictReached
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.run import run

NODES = Path(__file__).with_name("two_nodes.py")


@contextmanager
def two_nodes() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Give the address of a cluster, and the process that kills a node of it when it is told."""
    paths = os.pathsep.join(map(os.path.abspath, sys.path))
    os.environ |= {"RAY_AUTH_MODE": "disabled", "PYTHONPATH": paths}
    command = [sys.executable, str(NODES)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdin and process.stdout
        yield process.stdout.readline().split()[0], process
        process.stdin.close()


async def killed(options: RunOptions, nodes: subprocess.Popen[str]) -> None:
    """Run, and kill a node at a third of it."""
    verdicts = 0

    def tell(event: Event) -> None:
        nonlocal verdicts
        verdicts += isinstance(event, VerdictReached)
        if verdicts == 2 * options.cases // 3 and isinstance(event, VerdictReached):
            print("kill", file=nodes.stdin, flush=True)

    await run(options, tell=tell)


def busiest(parts: list[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for role, took in parts:
        found[role] = max(took, found.get(role, 0.0))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="sim/clean")
    parser.add_argument("--cases", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, two_nodes() as (address, nodes):
        usual = RunOptions(models=(given.model,), cases=given.cases, stream="both")
        known: Counter[str] = Counter()
        alone = 0.0
        for name, ray, count in (("one process", None, 1), ("two nodes, two workers", address, 2)):
            out = Path(folder) / name
            options = usual.but(out=out, workers=count, ray=ray)
            took = busiest(asyncio.run(workers.measured(options)))
            most = max(took.values())
            alone = alone or most
            known = known or workers.verdicts_in(out)
            print(f"{name}: {told(workers.verdicts_in(out), known)}; ms a call: "
                  f"{', '.join(f'{role} {ms:.2f}' for role, ms in took.items())}; "
                  f"≤ {1000 / most:.0f} calls/s; {alone / most:.2f} times one process")  # fmt: skip
        out = Path(folder) / "killed"
        asyncio.run(killed(usual.but(out=out, workers=2, ray=address), nodes))
        print(f"a node killed at a third: {told(workers.verdicts_in(out), known)}")


def told(verdicts: Counter[str], known: Counter[str]) -> str:
    same = "the same" if verdicts == known else "OTHERS"
    return f"{verdicts.total()} verdicts, {same}"


if __name__ == "__main__":
    main()
