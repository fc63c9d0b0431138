"""How near to a server's limit a run comes that adapts to it, and how often it is refused.

Real servers on loopback, each the simulator behind a limit of its own: a bucket of requests that
fills at a rate, with Retry-After, with rate-limit headers or without a word, or so many requests at
once. The server counts. ``achieved`` are answers a second over what the limit allows, ``refused``
the share of requests that were refused, both of the second half of a run, ``at first`` that of the
first. The null row is a server without limits: questions a second over those of ``--concurrency``
that the server answers best.

    python benchmarks/pacing.py [--seconds 20] [--seeds 0 1]
"""

import argparse
import asyncio
import contextlib
import math
import random
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import uvicorn

from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.run import run
from toolfuzz.simulate.server import build_app

Hint = Literal["", "retry-after", "headers"]


@dataclass
class Limited:
    """The simulator, which answers ``rate`` requests a second, ``burst`` more at first.

    No more than ``at_once`` are answered at a time, each in ``seconds``, give or take the share
    ``spread``. What is too much gets a 429 with the ``hint``. ``came`` holds when each request came
    and whether it was answered, ``most`` is how many were answered at once.
    """

    rate: float = math.inf
    burst: float = 1
    at_once: float = math.inf
    hint: Hint = ""
    seconds: float = 0.1
    spread: float = 0.0
    came: list[tuple[float, bool]] = field(default_factory=list)
    most: int = 0
    _app: Any = field(default_factory=build_app)
    _left: float = field(init=False)
    _filled: float = field(default_factory=time.monotonic)
    _now: int = 0
    _chance: random.Random = field(default_factory=lambda: random.Random(0))

    def __post_init__(self) -> None:
        self._left = self.burst

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        now = time.monotonic()
        if self.rate < math.inf:
            self._left = min(self.burst, self._left + (now - self._filled) * self.rate)
        else:
            self._left = math.inf
        self._filled = now
        taken = self._left >= 1 and self._now < self.at_once
        self.came.append((now, taken))
        if not taken:
            await self._refuse(send)
            return
        self._left -= 1
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await asyncio.sleep(
                self.seconds * self._chance.uniform(1 - self.spread, 1 + self.spread)
            )
            await self._app(scope, receive, self._telling(send))
        finally:
            self._now -= 1

    def _telling(self, send: Any) -> Any:
        async def told(message: Any) -> None:
            if message["type"] == "http.response.start" and self.hint == "headers":
                message = {**message, "headers": [*message["headers"], *self._headers()]}
            await send(message)

        return told

    async def _refuse(self, send: Any) -> None:
        headers = [(b"content-length", b"0")]
        if self.hint:
            wait = (1 - self._left) / self.rate if self.rate < math.inf else self.seconds
            headers.append((b"retry-after", str(max(1, math.ceil(wait))).encode()))
        if self.hint == "headers":
            headers += self._headers()
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body"})

    def _headers(self) -> list[tuple[bytes, bytes]]:
        full = (self.burst - self._left) / self.rate
        told = {
            "limit": f"{self.burst:g}",
            "remaining": f"{max(0, int(self._left))}",
            "reset": f"{max(0.0, full):.3f}s",
        }
        return [(f"x-ratelimit-{k}-requests".encode(), v.encode()) for k, v in told.items()]


@contextlib.contextmanager
def served(app: Limited) -> Iterator[str]:
    """Serve it from a thread; give the base URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@dataclass(frozen=True)
class Measured:
    """Answers a second, and the shares refused in the first half of the time and the second."""

    per_second: float
    at_first: float
    refused: float


def measure(app: Limited, cases: int, seed: int, **options: Any) -> Measured:
    """Ask so many cases with a run's own options."""
    with served(app) as url, tempfile.TemporaryDirectory() as folder:
        asked = RunOptions(
            models=("clean",), base_url=url, cases=cases, seed=seed, out=Path(folder) / "r",
            probes=("echo",), **options,
        )  # fmt: skip
        asyncio.run(run(asked))
    begun, ended = app.came[1][0], app.came[-1][0]
    middle = (begun + ended) / 2
    first = [taken for at, taken in app.came[1:] if at < middle]
    second = [taken for at, taken in app.came if at >= middle]
    return Measured(
        sum(second) / (ended - middle), 1 - sum(first) / len(first), 1 - sum(second) / len(second)
    )


LIMITS: dict[str, dict[str, Any]] = {
    "10/s, Retry-After": {"rate": 10, "burst": 10, "hint": "retry-after"},
    "10/s, headers": {"rate": 10, "burst": 10, "hint": "headers"},
    "10/s, no word": {"rate": 10, "burst": 10},
    "10/s and no burst, no word": {"rate": 10, "burst": 1, "seconds": 0.3, "spread": 0.5},
    "10/s of 2 s each, no word": {"rate": 10, "burst": 10, "seconds": 2.0},
    "3/s, Retry-After": {"rate": 3, "burst": 20, "hint": "retry-after"},
    "4 at once, Retry-After": {"at_once": 4, "hint": "retry-after", "seconds": 0.3},
    "4 at once, no word": {"at_once": 4, "seconds": 0.3},
    "10 at once of 1 s ± 60%": {"at_once": 10, "seconds": 1.0, "spread": 0.6},
}


def allowed(limit: dict[str, Any]) -> float:
    """Return the answers a second that a limit allows."""
    at_once = limit.get("at_once", math.inf) / limit.get("seconds", 0.1)
    return float(min(limit.get("rate", math.inf), at_once))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    print(f"{'limit':28}{'seed':>5}{'achieved':>10}{'refused':>9}{'at first':>10}")
    for name, limit in LIMITS.items():
        for seed in given.seeds:
            if given.only in name:
                cases = round(given.seconds * allowed(limit))
                came = measure(Limited(**limit), cases, seed)
                share = came.per_second / allowed(limit)
                row = f"{share:>10.2f}{came.refused:>9.1%}{came.at_first:>10.1%}"
                print(f"{name:28}{seed:>5}{row}", flush=True)
    for seed in given.seeds:
        if given.only in "no limit":
            cases = round(given.seconds * 20)
            adapts = measure(Limited(seconds=1.0), cases, seed)
            fixed = measure(Limited(seconds=1.0), cases, seed, concurrency=32)
            share = adapts.per_second / fixed.per_second
            print(f"{'no limit':28}{seed:>5}{share:>10.2f}{adapts.refused:>9.1%}", flush=True)


if __name__ == "__main__":
    main()
