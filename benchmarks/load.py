"""Many calls to a fast server: what each costs toolfuzz, beside what others need for them.

    python benchmarks/load.py            20,000 calls each, some ten minutes
    python benchmarks/load.py --quick    2,000

All ask the same simulator, which has a process of its own, 8 calls at once:

- ``httpx``: the same bodies, sent and read by httpx alone; nobody looks at them.
- ``openai``: the same requests by the official SDK, one client for all.
- ``verifier``: the loop of K2-Vendor-Verifier (AsyncOpenAI, a semaphore, jsonschema's ``validate``
  for each call's arguments, a line of JSON for each answer), rebuilt here.
- ``toolfuzz`` with 1 and with 2 workers: drawing, asking, judging, journal and summary.

Each runs in a process of its own, once with all calls and once with a tenth of them: the difference
is the cost of a call, without that of starting. CPU is that of the process and all that it started.
Ratios are what counts: absolute figures are this machine's. Peak memory is that of the largest
process; it is held to 120% of what a tenth of the calls takes.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

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


def measure(calls: int) -> None:
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
        print(f"{'':20} {'calls/s':>8} {'ms CPU':>8} {'× httpx':>8} {'peak MiB':>9}  at a tenth")
        base = 0.0
        for name, run in kinds.items():
            few, all_ = run(calls // 10), run(calls)
            more = all_.calls - few.calls
            cpu, rate = (all_.cpu - few.cpu) / more * 1000, more / (all_.wall - few.wall)
            base = base or cpu
            flat = "" if all_.memory <= 1.2 * few.memory else "  more than 120%"
            print(
                f"{name:20} {rate:8.0f} {cpu:8.2f} {cpu / base:8.2f} {all_.memory:9.0f}"
                f"  {few.memory:.0f}{flat}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        name, url, asked, calls = given.child
        with tempfile.TemporaryDirectory() as folder:
            bodies = json.loads(Path(asked).read_text())
            asyncio.run(OTHERS[name](url, bodies, int(calls), Path(folder)))
    else:
        measure(2_000 if given.quick else 20_000)


if __name__ == "__main__":
    main()
