"""What ``toolfuzz observe`` costs a chunk of a stream, and whether it changes a byte.

A chunk holds the moment at which it was written; both ways are measured in turn, in one run, by the
same client. For the bytes, two simulators with the same seed are asked the same: one directly, one
through the recorder.

    python benchmarks/recorder.py [--chunks 2000] [--exchanges 10000]
"""

import argparse
import asyncio
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import quantiles

import httpx

from toolfuzz.core.case import Case
from toolfuzz.core.talk import rehearsed
from toolfuzz.formats import CannotAskError, wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.simulate.process import start

FORMATS = ("openai-chat", "openai-responses", "anthropic-messages")
ROUNDS = 5
CASES, AT_ONCE = 150, 4


def serve_stamps(chunks: int, pause: float, told: "multiprocessing.Queue[int]") -> None:
    """Answer every request with chunks that say when they were written (CLOCK_MONOTONIC)."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(
            int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")
        )
        await reader.readexactly(size)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n")
        writer.write(b"transfer-encoding: chunked\r\n\r\n")
        for _ in range(chunks):
            line = b"data: %020d\n\n" % time.monotonic_ns()
            writer.write(b"%x\r\n%b\r\n" % (len(line), line))
            await writer.drain()
            await asyncio.sleep(pause)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def observing(upstream: str, folder: Path) -> Iterator[str]:
    """Run the recorder in front of an upstream; its address."""
    command = [sys.executable, "-m", "toolfuzz", "observe", "--upstream", upstream, "--port", "0"]
    with subprocess.Popen(
        [*command, "--out", str(folder), "--quiet"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def delays(url: str) -> list[float]:
    """Milliseconds from the writing of each chunk until it is here."""
    found = []
    with httpx.Client() as client, client.stream("POST", f"{url}/x", content=b"{}") as response:
        for chunk in response.iter_raw():
            now = time.monotonic_ns()
            found += [(now - int(line[6:])) / 1e6 for line in chunk.splitlines() if line]
    return found


def measure_delay(chunks: int) -> None:
    """Print what a chunk takes, directly and through the recorder."""
    told: multiprocessing.Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve_stamps, args=(chunks, 0.002, told), daemon=True)
    process.start()
    upstream = f"http://127.0.0.1:{told.get()}"
    with tempfile.TemporaryDirectory() as folder, observing(upstream, Path(folder) / "seen") as url:
        ways: dict[str, list[float]] = {"direct": [], "recorded": []}
        for _ in range(ROUNDS):
            ways["direct"] += delays(upstream)
            ways["recorded"] += delays(url)
    process.terminate()
    figures = {}
    for name, times in ways.items():
        cuts = quantiles(times, n=100)
        figures[name] = cuts[49], cuts[98]
        print(f"{name:9} p50 {cuts[49]:6.3f} ms   p99 {cuts[98]:6.3f} ms   of {len(times)} chunks")
    (d50, d99), (r50, r99) = figures["direct"], figures["recorded"]
    print(f"a chunk more: {r50 - d50:.3f} ms at p50, {r99 - d99:.3f} ms at p99 (aim: at most 1)")


def request_of(case: Case, name: str, *, stream: bool) -> tuple[str, bytes]:
    """Return the path and the body that ask a case's first turn."""
    ask = next(iter(rehearsed(case, model="legal-variations", stream=stream)))
    request = wire_format(name).request(ask, params={})
    return request.path, json.dumps(request.body).encode()


def requests(cases: int) -> list[tuple[str, bytes]]:
    """Return what to ask: each case in three formats, plain and streamed."""
    found = []
    for case in draw_cases(cases, probes=("echo", "batch")):
        for name in FORMATS:
            for stream in (False, True):
                with suppress(CannotAskError):
                    found.append(request_of(case, name, stream=stream))
    return found


def measure_bytes(exchanges: int) -> None:
    """Print how many replies differ when the recorder stands between."""
    asked = requests(CASES)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        one, other = (stack.enter_context(start(seed=7)) for _ in range(2))
        url = stack.enter_context(observing(other.base_url, Path(folder) / "seen"))
        client = stack.enter_context(httpx.Client(timeout=120))
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))

        def changed(number: int) -> bool:
            path, body = asked[number % len(asked)]
            direct, recorded = (
                client.post(f"{base}{path}", content=body) for base in (one.base_url, url)
            )
            differ = direct.content != recorded.content or _differ(direct, recorded)
            if differ:
                print(f"{path}: {_shown(direct)}, through the recorder {_shown(recorded)}")
            return differ

        began = time.monotonic()
        differ = sum(pool.map(changed, range(exchanges)))
    print(
        f"bytes: {differ} of {exchanges} replies changed, to {len(asked)} questions in "
        f"{', '.join(FORMATS)}, plain and streamed; {time.monotonic() - began:.0f} s"
    )


def _shown(response: httpx.Response) -> str:
    return f"{response.status_code} with {len(response.content)} bytes {response.content[:120]!r}"


def _differ(one: httpx.Response, other: httpx.Response) -> bool:
    names = ("content-type", "x-toolfuzz-simulated", "x-toolfuzz-fault", "cache-control")
    same = all(one.headers.get(name) == other.headers.get(name) for name in names)
    return one.status_code != other.status_code or not same


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=2000)
    parser.add_argument("--exchanges", type=int, default=10_000)
    options = parser.parse_args()
    measure_delay(options.chunks)
    measure_bytes(options.exchanges)


if __name__ == "__main__":
    main()
