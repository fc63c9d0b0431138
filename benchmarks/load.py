"""Many calls to a fast server: what each costs toolfuzz, beside what others need for them.

    python benchmarks/load.py            20,000 calls each, some ten minutes
    python benchmarks/load.py --quick    2,000
    python benchmarks/load.py --quick --rounds 5 --only httpx --only "toolfuzz, 1 worker"

All ask the same simulator, which has a process of its own, 8 calls at once:

- ``httpx``: the same bodies, sent and read by httpx alone; nobody looks at them.
- ``openai``: the same requests by the official SDK, one client for all.
- ``verifier``: the loop of K2-Vendor-Verifier (AsyncOpenAI, a semaphore, jsonschema's ``validate``
  for each call's arguments, a line of JSON for each answer), rebuilt here.
- ``toolfuzz`` with 1 and with 2 workers: drawing, asking, judging, journal and summary.

Each runs in a process of its own, once with all calls and once with a tenth of them: the difference
is the cost of a call, without that of starting. CPU is that of the process and all that it started.
Ratios are what counts: absolute figures are this machine's. Of several ``--rounds`` each row tells
the least, since what else a machine does only adds to it, and between which bounds the ratio lay in
single rounds. Peak memory is that of the largest process; it is held to 120% of what a tenth of the
calls takes.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import httpx
from jsonschema import validate
from openai import AsyncOpenAI

from toolfuzz.core.talk import rehearsed
from toolfuzz.formats import wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.simulate.process import start

AT_ONCE = 8
DISTINCT = 2_000
"""Requests that the others send, again and again; toolfuzz draws its own."""


def requests() -> Iterator[dict]:
    """Give the requests of a run, all turns of each case, as if each had been answered right."""
    format = wire_format("openai-chat")
    for case in draw_cases(DISTINCT, seed=0):
        for ask in rehearsed(case, model="clean"):
            yield format.request(ask).body


async def at_once(work: Callable[[dict], Awaitable[None]], asked: list[dict], calls: int) -> None:
    left = islice((body for _ in iter(int, 1) for body in asked), calls)

    async def worker() -> None:
        for body in left:
            await work(body)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


async def by_httpx(url: str, asked: list[dict], calls: int, folder: Path) -> None:
    contents = {id(body): json.dumps(body).encode() for body in asked}
    clients = [httpx.AsyncClient(timeout=60) for _ in range(AT_ONCE)]

    async def put(body: dict) -> None:
        client = clients.pop()
        headers = {"content-type": "application/json"}
        await client.post(f"{url}/chat/completions", content=contents[id(body)], headers=headers)
        clients.append(client)

    await at_once(put, asked, calls)


async def by_openai(url: str, asked: list[dict], calls: int, folder: Path) -> None:
    async with AsyncOpenAI(base_url=url, api_key="none") as client:

        async def put(body: dict) -> None:
            await client.chat.completions.create(**body)

        await at_once(put, asked, calls)


async def by_verifier(url: str, asked: list[dict], calls: int, folder: Path) -> None:
    """As github.com/MoonshotAI/K2-Vendor-Verifier does it, ``tool_calls_eval.py`` of 2025."""
    semaphore = asyncio.Semaphore(AT_ONCE)
    results = []
    async with AsyncOpenAI(base_url=url, api_key="none") as client:

        async def one(number: int, body: dict) -> dict:
            async with semaphore:
                answer = (await client.chat.completions.create(**body)).model_dump()
                choice = answer["choices"][0]
                made = choice["message"]["tool_calls"] or []
                valid = all(is_valid(call, body["tools"]) for call in made)
                return {"data_index": number, "request": body, "response": answer, "valid": valid}

        tasks = [one(n, asked[n % len(asked)]) for n in range(calls)]
        for done in asyncio.as_completed(tasks):
            result = await done
            with (folder / "results.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(result, ensure_ascii=False) + "\n")
            results.append(result)


def is_valid(call: dict, tools: list[dict]) -> bool:
    named = (tool["function"] for tool in tools)
    try:
        schema = next(f["parameters"] for f in named if f["name"] == call["function"]["name"])
        validate(json.loads(call["function"]["arguments"]), schema)
    except Exception:  # as there: also for schemas of other drafts
        return False
    return True


OTHERS = {"httpx": by_httpx, "openai": by_openai, "verifier": by_verifier}


@dataclass(frozen=True)
class Cost:
    """Of one process and all that it started: seconds of wall time and of CPU, peak MiB."""

    calls: int
    wall: float
    cpu: float
    memory: float


def cost_of(command: list[str], counted: Callable[[], int]) -> Cost:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {status}")
    return Cost(counted(), wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def other(name: str, url: str, asked: Path, calls: int) -> Cost:
    command = [sys.executable, __file__, "--child", name, url, str(asked), str(calls)]
    return cost_of(command, lambda: calls)


def ours(workers: int, url: str, calls: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        # A case has 1.2 turns in the mean.
        run = ["run", "-m", "clean", "--base-url", url, "--cases", str(round(calls / 1.2))]
        run += ["--concurrency", str(AT_ONCE), "--out", f"{folder}/run", "--quiet"]
        run += ["--workers", str(workers)] if workers > 1 else []

        def counted() -> int:
            with (Path(folder) / "run/run.jsonl").open("rb") as journal:
                return sum(b'"event":"exchange-recorded"' in line[:40] for line in journal)

        return cost_of([sys.executable, "-m", "toolfuzz", *run], counted)


class Row(NamedTuple):
    """Calls a second, ms of CPU a call, and peak MiB with a tenth of the calls and with all."""

    rate: float
    cpu: float
    small: float
    large: float


def row(few: Cost, all_: Cost) -> Row:
    more = all_.calls - few.calls
    cpu, rate = (all_.cpu - few.cpu) / more * 1000, more / (all_.wall - few.wall)
    return Row(rate, cpu, few.memory, all_.memory)


def measure(calls: int, rounds: int, only: Sequence[str]) -> None:
    with start() as simulator, tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requests.json"
        asked.write_text(json.dumps(list(requests())))
        url = simulator.base_url
        kinds: dict[str, Callable[[int], Cost]] = {
            name: lambda n, name=name: other(name, url, asked, n) for name in OTHERS
        }
        kinds |= {
            f"toolfuzz, {workers} worker{'s' * (workers > 1)}": lambda n, w=workers: ours(w, url, n)
            for workers in (1, 2)
        }
        heads = ("calls/s", "ms CPU", "× httpx", "in rounds", "peak MiB")
        print("{:20} {:>8} {:>8} {:>8} {:>11} {:>9}  at a tenth".format("", *heads))
        seen: dict[str, list[Row]] = {name: [] for name in kinds if name in only or not only}
        for _ in range(rounds):
            for name, rows in seen.items():
                rows.append(row(kinds[name](calls // 10), kinds[name](calls)))
        base = [one.cpu for one in seen["httpx"]]
        for name, rows in seen.items():
            cpu, ratios = (
                min(one.cpu for one in rows),
                [r.cpu / b for r, b in zip(rows, base, strict=True)],
            )
            small, large = max(one.small for one in rows), max(one.large for one in rows)
            print(
                f"{name:20} {max(one.rate for one in rows):8.0f} {cpu:8.2f} {cpu / min(base):8.2f}"
                f" {f'{min(ratios):.2f}–{max(ratios):.2f}':>11} {large:9.0f}"
                f"  {small:.0f}{'' if large <= 1.2 * small else '  more than 120%'}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="rows, httpx among them")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        name, url, asked, calls = given.child
        with tempfile.TemporaryDirectory() as folder:
            bodies = json.loads(Path(asked).read_text())
            asyncio.run(OTHERS[name](url, bodies, int(calls), Path(folder)))
    else:
        measure(2_000 if given.quick else 20_000, given.rounds, given.only)


if __name__ == "__main__":
    main()
