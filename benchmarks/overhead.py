"""How fast cases are drawn, how near a run comes to bare httpx, and to the pace of a slow server.

    python benchmarks/overhead.py            some two minutes
    python benchmarks/overhead.py --quick

The simulator runs in its own process. The bare loop sends the same bodies over the same number
of connections with httpx alone, reads every byte and looks at nothing. Ratios are what counts:
the absolute figures are this machine's. What a call costs is measured by ``load.py``.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from toolfuzz.core.events import ExchangeRecorded
from toolfuzz.core.talk import rehearsed
from toolfuzz.formats import wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.run import run
from toolfuzz.simulate.process import start


def bodies_of(cases: int, seed: int) -> list[bytes]:
    """The requests of all turns, as if each had been answered right."""
    format = wire_format("openai-chat")
    drawn = draw_cases(cases, seed=seed)
    asks = [ask for case in drawn for ask in rehearsed(case, model="clean")]
    return [json.dumps(format.request(ask).body).encode() for ask in asks]


async def bare(url: str, bodies: list[bytes], concurrency: int) -> float:
    """Seconds for one POST per body; each worker has its own client, as toolfuzz does it."""
    left = iter(bodies)

    async def worker() -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            for body in left:
                answer = await client.post(
                    f"{url}/chat/completions",
                    content=body,
                    headers={"content-type": "application/json"},
                )
                await answer.aread()

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(concurrency)))
    return time.perf_counter() - began


@dataclass(frozen=True)
class Took:
    """Seconds of a run, until its first question was put, and from there to its last reply."""

    whole: float
    start: float
    asking: float


async def ours(url: str, cases: int, seed: int, concurrency: int, **more: Any) -> Took:
    """A whole run: whether the endpoint answers, drawing, asking, judging, journal, summary."""
    with tempfile.TemporaryDirectory() as folder:
        options = RunOptions(
            models=["clean"],
            cases=cases,
            seed=seed,
            out=Path(folder) / "run",
            base_url=url,
            concurrency=concurrency,
            **more,
        )
        started, began = time.time(), time.perf_counter()
        summary = await run(options)
        seconds = time.perf_counter() - began
        attempts = [
            attempt
            for event in read_journal(Path(folder) / "run")
            if isinstance(event, ExchangeRecorded)
            for attempt in event.exchange.attempts
        ]
    assert summary["targets"][0]["passed"] == cases, "the clean endpoint must pass everything"
    first = min(attempt.started for attempt in attempts)
    last = max(attempt.started + attempt.total_ms / 1000 for attempt in attempts)
    return Took(seconds, first - started, last - first)


def throughput(rounds: int, cases: int, concurrency: int) -> None:
    ratios = []
    with start() as simulator:
        for seed in range(rounds):
            bodies = bodies_of(cases, seed)
            loop = len(bodies) / asyncio.run(bare(simulator.base_url, bodies, concurrency))
            took = asyncio.run(ours(simulator.base_url, cases, seed, concurrency))
            run = len(bodies) / took.whole
            ratios.append(run / loop)
            print(
                f"  round {seed + 1}: {run:6.0f} calls/s beside {loop:6.0f} bare, {run / loop:.2f}"
            )
    print(f"calls/s ÷ bare httpx, {cases} cases, concurrency {concurrency}: "
          f"{statistics.median(ratios):.2f} (aim ≥ 0.5)")  # fmt: skip


def waiting(rounds: int, latency_ms: float, concurrency: int, aim: float) -> None:
    """As many rounds as calls follow each other at each place; of cases that take one call."""
    cases, single = rounds * concurrency, {"probes": ("echo",)}
    with start(latency_ms=latency_ms) as simulator:
        # The first run loads the libraries; a campaign's own pace is what is asked for.
        asyncio.run(ours(simulator.base_url, concurrency, 99, concurrency, **single))
        took = asyncio.run(ours(simulator.base_url, cases, 0, concurrency, **single))
    ideal = rounds * latency_ms / 1000
    print(f"wall time ÷ ideal, {cases} calls at {latency_ms:.0f} ms, concurrency {concurrency}: "
          f"{took.whole / ideal:.3f} (aim ≤ {aim}; {took.whole:.2f} s, ideal {ideal:.2f} s); "
          f"asking alone {took.asking / ideal:.3f}, {took.start:.2f} s before the first question, "
          "whether it answers among them")  # fmt: skip


def drawing(cases: int) -> None:
    list(draw_cases(64, seed=1))
    began = time.perf_counter()
    count = sum(1 for _ in draw_cases(cases, seed=2))
    print(f"cases drawn per second, one core: {count / (time.perf_counter() - began):.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    drawing(300 if quick else 2000)
    throughput(rounds=1 if quick else 3, cases=300 if quick else 2000, concurrency=8)
    for concurrency, aim in ((64, 1.05), (256, 1.15)):
        waiting(10 if quick else 50, 500, concurrency, aim)


if __name__ == "__main__":
    main()
