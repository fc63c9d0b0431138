"""What a server can do wrong, in every wire format, plain and streamed: what is made of it.

python benchmarks/faults.py [--max-reply 16MiB] [--only "gzip bomb"] [--format gemini]

Real sockets, the real client, a server in a process of its own. A row a kind: the verdict in most
formats, the longest processor time (client, reading, judging, masking and the journal's line) and
the most memory that an attempt took, as a multiple of the limit.
"""

import argparse
import asyncio
import gc
import multiprocessing
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from fault_kinds import KINDS, Kind, respond_as
from fault_servers import CASE
from hostile_server import serving

from toolfuzz.core.events import Event, ExchangeRecorded, event_to_line
from toolfuzz.core.exchange import Exchange, Target
from toolfuzz.core.sizes import read_size, size_text
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import format_names, wire_format
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.question import put_question
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.pacing import Pacer
from toolfuzz.sources.registry import resolve

KEY = "AKIDEXAMPLE:sk-secret-0123456789"
SHORT, LONG = 0.5, 60.0
"""Seconds of the timeout, where one is due and where none is."""


class Hurried(Pacer):
    """Doesn't wait, and notes how long it would have been."""

    def __init__(self) -> None:
        self.now = 100.0
        super().__init__(8, lambda: self.now)
        self.pauses: list[float] = []

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of one question."""

    verdict: Verdict
    exchanges: tuple[Exchange, ...]
    pauses: tuple[float, ...]
    seconds: float

    @property
    def told(self) -> str:
        """The verdict in one line: ``pass``, ``fail a, b`` or ``unjudged reason``."""
        slugs = ", ".join(f.slug for f in self.verdict.findings if f.severity == "error")
        return f"{self.verdict.status} {self.verdict.reason or slugs}".strip()


def cells() -> Iterator[tuple[str, str, bool]]:
    """Every (kind, format, stream) that there can be."""
    for name, kind in KINDS.items():
        for api in format_names():
            binary = wire_format(api).framing.show is not None
            for stream in (False, True):
                if (kind.streams or stream) == stream and not (kind.events and binary):
                    yield name, api, stream


async def ask(url: str, name: str, api: str, stream: bool, *, max_reply: int) -> Cell:
    """Put the question to the server, as a run does."""
    timeout = SHORT if "Timeout" in KINDS[name].expect else LONG
    endpoint, _ = resolve("m", base_url=f"{url}/v1", format=api)
    target = Target(name, "hostile", "m", api, "stream" if stream else "plain")
    source = HttpSource(target, endpoint, KEY, {"x-cell": name}, timeout, max_reply=max_reply)
    pacer, events = Hurried(), list[Event]()
    began = time.process_time()
    async with source.open(pacer) as session:
        outcome = await put_question(
            session, source, CASE, events.append, repeat=0, stream=stream, policy=Policy()
        )
    for event in events:
        event_to_line(event)
    seconds = time.process_time() - began
    exchanges = tuple(e.exchange for e in events if isinstance(e, ExchangeRecorded))
    assert outcome.verdict is not None
    return Cell(outcome.verdict, exchanges, tuple(pacer.pauses), seconds)


async def noted(came: list[Cell], asking: Awaitable[Cell]) -> None:
    """Keep a cell; asyncio.run would write one that is returned to it out as text."""
    came.append(await asking)


def is_right(kind: Kind, cell: Cell) -> bool:
    """Whether the verdict is the one that is due, and the attempts are kept."""
    return re.match(kind.expect, cell.told) is not None and bool(cell.exchanges)


def told_shortly(cell: Cell) -> str:
    """The verdict without what differs by the reply."""
    return cell.told.split(": Server")[0][:60]


def row(url: str, name: str, apis: Sequence[str], max_reply: int) -> bool:
    """Ask in every format and print what came; return whether all was as it should be."""
    said, wrong, seconds, memory = Counter[str](), [], 0.0, 0.0
    for kind, api, stream in cells():
        if kind == name and api in apis:
            peak = Peak()
            came: list[Cell] = []
            asyncio.run(noted(came, ask(url, name, api, stream, max_reply=max_reply)))
            (cell,) = came
            memory = max(memory, peak.grown() / max_reply)
            seconds = max(seconds, cell.seconds)
            said[told_shortly(cell)] += 1
            if not is_right(KINDS[name], cell):
                wrong.append(f"  {api} {'stream' if stream else 'plain'}: {cell.told}")
    usual, _ = said.most_common(1)[0]
    good = said.total() - len(wrong)
    print(f"{name:34} {good:2}/{said.total():2} {seconds:6.1f} s {memory:5.1f}x  {usual}")
    print("\n".join(wrong), end="\n" if wrong else "", flush=True)
    return not wrong


class Peak:
    """The resident memory of this process from here on, in bytes."""

    def __init__(self) -> None:
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")
        self._before = self._read("VmRSS")

    def grown(self) -> int:
        """By how much it has grown at most."""
        return self._read("VmHWM") - self._before

    def _read(self, name: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


def serve(pipe: Connection) -> None:
    """Serve in a process of its own until somebody says that it is enough."""
    with serving(respond_as) as server:
        pipe.send(server.url)
        pipe.recv()


def main() -> None:
    """Ask them all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--max-reply", type=read_size, default="16MiB", metavar="SIZE")
    parser.add_argument("--only", action="append", metavar="KIND", choices=[*KINDS])
    parser.add_argument("--format", action="append", metavar="FORMAT", choices=format_names())
    given = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,))
    server.start()
    url = here.recv()
    asyncio.run(ask(url, "HTTP/1.0", format_names()[0], False, max_reply=2**20))
    print(
        f"limit {size_text(given.max_reply)}; right verdicts, processor time, memory by the limit"
    )
    apis = given.format or format_names()
    right = [row(url, name, apis, given.max_reply) for name in given.only or KINDS]
    here.send(None)
    server.join()
    print(f"{sum(right)} of {len(right)} kinds are classified as they should be in all formats")
    sys.exit(not all(right))


if __name__ == "__main__":
    main()
