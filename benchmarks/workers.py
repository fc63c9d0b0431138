"""What `--workers N` takes off the process that shares out the jobs and writes the journal.

    python benchmarks/workers.py                                     the simulator, about a minute
    python benchmarks/workers.py --model engine/sglang@0.5.23:glm45  an engine's parser

Processor time a call, by process, from the first quarter of a run to its last verdict (Linux).
That of the busiest process bounds the calls a second, however many cores are idle; a busy machine
doesn't change it much. The verdicts must be the same for any number of workers.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from toolfuzz.core.events import Event, VerdictReached
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.run import run

_TICKS = os.sysconf("SC_CLK_TCK")
_ROLES = {
    "toolfuzz.pools.worker": "worker",
    "toolfuzz.generate.ahead": "drawing",
    "toolfuzz.simulate": "simulator",
    "toolfuzz.pools.ray_bridge": "bridge",
    "ray::RayWorker": "worker",
    "ray::PlacesKeeper": "places",
}


@dataclass(frozen=True)
class Moment:
    verdicts: int
    seconds: float
    used: dict[int, tuple[str, float]]
    """Processor seconds of this process and all below it, by process."""


def now(verdicts: int) -> Moment:
    children: dict[int, list[int]] = defaultdict(list)
    found: dict[int, tuple[str, float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            figures = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_text().split("\0")
        except OSError:
            continue
        # Ray adds what an actor is doing.
        words.append(words[0].partition(".")[0])
        role = next((_ROLES[word] for word in words if word in _ROLES), Path(words[0]).name)
        children[int(figures[1])].append(int(folder.name))
        found[int(folder.name)] = (role, (int(figures[11]) + int(figures[12])) / _TICKS)
    ours, left = {os.getpid(): ("this process", time.process_time())}, children[os.getpid()]
    while left:
        pid = left.pop()
        ours[pid] = found[pid]
        left += children[pid]
    return Moment(verdicts, time.perf_counter(), ours)


async def measured(options: RunOptions) -> list[tuple[str, float]]:
    """Return milliseconds of processor time a call, for each process that was there throughout."""
    modes = 2 if options.stream == "both" else 1
    moments: list[Moment] = []
    verdicts = 0

    def tell(event: Event) -> None:
        nonlocal verdicts
        verdicts += isinstance(event, VerdictReached)
        if verdicts == options.cases * modes // 4 and not moments:
            moments.append(now(verdicts))
        elif verdicts % 50 == 0 and moments:
            moments[1:] = [now(verdicts)]

    await run(options, tell=tell)
    first, last = moments
    calls = last.verdicts - first.verdicts
    return sorted(
        (role, 1000 * (seconds - first.used[pid][1]) / calls)
        for pid, (role, seconds) in last.used.items()
        if pid in first.used
    )


def verdicts_in(folder: Path) -> Counter[str]:
    verdicts = [e.verdict for e in read_journal(folder) if isinstance(e, VerdictReached)]
    return Counter(repr((v.case_id, v.repeat, v.stream, v.status, v.findings)) for v in verdicts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="sim/clean")
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    known: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for workers in given.workers:
            out = Path(folder) / str(workers)
            options = RunOptions(
                models=(given.model,), cases=given.cases, stream="both", out=out, workers=workers
            )
            parts = asyncio.run(measured(options))
            shown = ", ".join(f"{role} {took:.2f}" for role, took in parts)
            least = 1000 / max(took for _, took in parts)
            known = known or verdicts_in(out)
            same = "same verdicts" if verdicts_in(out) == known else "OTHER VERDICTS"
            print(f"--workers {workers}: ms a call: {shown}; ≤ {least:.0f} calls/s; {same}")


if __name__ == "__main__":
    main()
