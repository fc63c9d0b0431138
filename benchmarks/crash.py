"""Kill a run again and again, go on with it each time: nothing is lost and nothing paid twice.

    python benchmarks/crash.py [--signal KILL|TERM] [--kills 50] [--cases 200] [-- OPTION …]

A real run asks the app of `toolfuzz serve` in a process of its own, behind a counter of what was
asked. One kill in four comes while the run starts, the others up to a second after its first new
verdict. Printed are verdicts that stood in the journal at a kill and not at the end, questions that
stand twice in it, what the server was asked beyond what stands in it (under way when the run was
killed, at most eight questions of up to six requests each), and whether the summary is that of a
run that nobody disturbed. OPTIONs are given to both runs. Exits 1 where anything was lost or asked
twice.
"""

import argparse
import asyncio
import json
import math
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from toolfuzz.core.events import ExchangeRecorded, VerdictReached
from toolfuzz.runs.journal import find_journal
from toolfuzz.runs.reading import read_journal
from toolfuzz.simulate.server import build_app
from toolfuzz.simulate.service import serving

LATENCY_MS = 600
AT_ONCE = 8
TOOLFUZZ = (sys.executable, "-m", "toolfuzz")
MEASURED = ("latency_ms", "first_byte_ms", "endpoint", "limits")


def counting(log: Path) -> Any:
    """Return the simulated endpoint behind a counter, which answers a question always alike.

    The simulator answers the n-th asking by its number, so each goes to a simulator of its own.
    """
    apps: list[Any] = []
    asked: Counter[bytes] = Counter()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if scope["method"] == "POST":
            with log.open("a") as file:
                file.write(canonical(json.loads(body)) + "\n")
        number = asked[body]
        asked[body] += 1
        if number == len(apps):
            apps.append(build_app(profile="glm-4.7", latency_ms=LATENCY_MS))
        whole = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Any:
            return next(whole, None) or await receive()

        await apps[number](scope, again, send)

    return app


async def serve(log: Path) -> None:
    async with serving(counting(log)) as origin:
        print(origin, flush=True)
        await asyncio.Event().wait()


@contextmanager
def server(log: Path) -> Iterator[str]:
    log.touch()
    words = [sys.executable, __file__, "--serve", str(log)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip() + "/v1"
    finally:
        process.kill()
        process.wait()


def canonical(body: Any) -> str:
    return json.dumps(body, sort_keys=True)


def journalled(run: Path) -> tuple[Counter[str], Counter[str]]:
    """Return how often each request and each verdict stands in a journal."""
    requests: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    try:
        find_journal(run)
    except Exception:
        return requests, verdicts
    for event in read_journal(run):
        match event:
            case ExchangeRecorded(exchange):
                requests[canonical(exchange.request)] += len(exchange.attempts)
            case VerdictReached(verdict):
                verdicts[f"{verdict.case_id}/{verdict.repeat}/{verdict.stream}"] += 1
    return requests, Counter(set(verdicts))


def size(run: Path) -> int:
    return sum(path.stat().st_size for path in run.glob("run.jsonl*")) if run.is_dir() else 0


def told(run: Path) -> dict[str, Any]:
    """Return a run's summary without what is measured by the clock, or names the folder."""
    summary: dict[str, Any] = json.loads((run / "summary.json").read_text())
    kept = {k: v for k, v in summary.items() if k not in ("started", "finished", "folder")}
    kept["settings"] = {k: v for k, v in kept["settings"].items() if k not in ("out", "base_url")}
    for target in kept["targets"]:
        for name in MEASURED:
            target.pop(name)
    return kept


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Name the places at which two summaries differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in {**one, **other}:
            yield from differences(one.get(name), other.get(name), f"{place}/{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{place}/{number}")
    elif isinstance(one, float) and isinstance(other, float) and math.isclose(one, other):
        return  # sums of the same numbers in another order
    elif one != other:
        yield f"{place}: {one!r} and {other!r}"


def ask(words: Sequence[str]) -> None:
    subprocess.run([*TOOLFUZZ, *words, "--quiet"], check=True, stdout=subprocess.DEVNULL)


def disturb(run: Path, words: Sequence[str], kills: int, number: int, rng: random.Random) -> int:
    """Start a run and kill it, again and again; return how often it was still running then."""
    hit, starting = 0, 5.0
    seen: Counter[str] = Counter()
    for kill in range(kills):
        go_on = ["run", "--resume", str(run)] if size(run) else words
        begun, before = time.monotonic(), size(run)
        process = subprocess.Popen(
            [*TOOLFUZZ, *go_on, "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if rng.random() < 0.25:
            moment = rng.uniform(0, starting)
            time.sleep(moment)
        else:
            while size(run) <= before and process.poll() is None:
                time.sleep(0.01)
            starting = time.monotonic() - begun
            moment = rng.uniform(0, 1)
            time.sleep(moment)
        hit += process.poll() is None
        process.send_signal(number)
        process.wait()
        _, verdicts = journalled(run)
        if lost := seen - verdicts:
            sys.exit(f"kill {kill + 1} lost {len(lost)} verdicts: {list(lost)[:3]}")
        seen = verdicts
    return hit


def main() -> None:
    words, _, options = " ".join(sys.argv[1:]).partition("-- ")
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--signal", choices=("KILL", "TERM"), default="KILL")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words.split())
    if given.serve:
        asyncio.run(serve(given.serve))
        return
    rng = random.Random(given.seed)
    most = 6 * AT_ONCE * given.kills
    with tempfile.TemporaryDirectory(prefix="toolfuzz-crash-") as folder:
        calm, run, log = (Path(folder) / name for name in ("calm", "run", "log"))
        common = ["run", "-m", "glm-4.7", "--both-streams", "--cases", str(given.cases)]
        common += ["--concurrency", str(AT_ONCE), *options.split()]
        with server(Path(folder) / "calm.log") as url:
            ask([*common, "--base-url", url, "--out", str(calm)])
        with server(log) as url:
            words = [*common, "--base-url", url, "--out", str(run)]
            number = getattr(signal, f"SIG{given.signal}")
            hit = disturb(run, words, given.kills, number, rng)
            ask(["run", "--resume", str(run)])
        requests, verdicts = journalled(run)
        asked = Counter(log.read_text().splitlines())
        wanted_requests, wanted = journalled(calm)
        lost = wanted - verdicts
        twice = requests - wanted_requests
        hello = sum(n for request, n in asked.items() if request not in requests)
        beyond = (asked - requests).total() - hello
        unasked = (requests - asked).total()
        differ = list(differences(told(calm), told(run)))
        print(
            f"SIG{given.signal} {given.kills} times (seed {given.seed}), {hit} of them while it "
            f"ran; {given.cases} cases\n"
            f"verdicts          {verdicts.total()} of {wanted.total()}\n"
            f"verdicts lost     {lost.total()}\n"
            f"asked twice       {twice.total()} whose answer was in the journal\n"
            f"asked             {asked.total()}, of which {requests.total()} are in the journal\n"
            f"there at all?     {hello} times, once a start\n"
            f"under way         {beyond} when it was killed, at most {most}\n"
            f"never asked       {unasked}\n"
            f"summary           {', '.join(differ) or 'the same'}"
        )
        sys.exit(bool(lost or twice or unasked or differ or beyond > most))


if __name__ == "__main__":
    main()
