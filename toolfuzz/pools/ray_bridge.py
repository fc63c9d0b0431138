"""``python -m toolfuzz.pools.ray_bridge DESCRIPTOR ADDRESS``: our way to a Ray cluster.

Ray is in this process and not in that of the command, since it writes to the terminal, takes
signals and ends a process whose cluster has gone. At the descriptor's socket it says ``ready``
(path, hosts) or ``failed`` (why). Each connection to the Unix socket at that path is a worker of
its own on the cluster, which ends with it; what is said there is between ``distant`` and
``worker``.
"""

import asyncio
import os
import socket
import sys
import tempfile
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from toolfuzz import __version__
from toolfuzz.pools.ray_actors import NAMESPACE, RayWorker
from toolfuzz.pools.wire import Wire

_PIECE = 64 * 1024
"""Bytes that go to an actor at once. What is larger than 100 KiB Ray puts into its object store,
which may be written to disk; a job holds a key."""
_STARTED_SECONDS = 30.0
_TRIES = 3
"""So many actors are made before a worker is given up."""


async def _main(descriptor: int, address: str) -> None:
    parent = await Wire.over(socket.socket(fileno=descriptor))
    try:
        ray.init(address=address, namespace=NAMESPACE, log_to_driver=False, configure_logging=False)
    except Exception as error:
        parent.send(("failed", _in_one_line(error)))
        return
    carrying: set[asyncio.Task[Any] | None] = set()
    crowd: Counter[str] = Counter()

    async def connected(reader: StreamReader, writer: StreamWriter) -> None:
        carrying.add(asyncio.current_task())
        try:
            await _carry(reader, writer, crowd)
        finally:
            writer.close()
            carrying.discard(asyncio.current_task())

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workers"
        server = await asyncio.start_unix_server(connected, path)
        parent.send(("ready", str(path), len({n["NodeManagerAddress"] for n in _nodes()})))
        with suppress(EOFError):
            await parent.receive()
        server.close()
        left = [task for task in carrying if task]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
    ray.shutdown()


def _nodes() -> list[Any]:
    nodes: list[Any] = ray.nodes()  # type: ignore[no-untyped-call]
    return [node for node in nodes if node["Alive"]]


async def _carry(reader: StreamReader, writer: StreamWriter, crowd: Counter[str]) -> None:
    """Make a worker, and carry messages to and fro until either end has gone."""
    try:
        async with _actor(crowd) as actor:
            ways = [asyncio.create_task(w) for w in (_to(actor, reader), _from(actor, writer))]
            try:
                done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
            for way in done:
                way.result()
    except (RayError, RuntimeError) as error:
        Wire(reader, writer).send(("lost", _in_one_line(error)))


@asynccontextmanager
async def _actor(crowd: Counter[str]) -> AsyncIterator[Any]:
    """Make a worker where the fewest are; ``crowd`` counts them."""
    node, actor = await _made(crowd)
    try:
        yield actor
    except RayError:
        # A node that has just died passes for alive for a while: the next worker goes elsewhere.
        crowd[node] += 1
        raise
    finally:
        crowd[node] -= 1
        ray.kill(actor)


async def _made(crowd: Counter[str]) -> tuple[str, Any]:
    for _ in range(_TRIES):
        node = min((node["NodeID"] for node in _nodes()), key=lambda node: crowd[node])
        crowd[node] += 1
        place = NodeAffinitySchedulingStrategy(node, soft=False)
        # A worker that waited for a free processor would let its jobs wait, too: none is booked.
        actor: Any = ray.remote(RayWorker).options(num_cpus=0, scheduling_strategy=place).remote()
        try:
            beginning = asyncio.ensure_future(actor.begin.remote())
            version = await asyncio.wait_for(beginning, _STARTED_SECONDS)
        except (RayError, TimeoutError) as error:
            why = _in_one_line(error)
            ray.kill(actor)
            await asyncio.sleep(1)
            continue
        if version != __version__:
            raise RuntimeError(f"toolfuzz is {version} on the cluster and {__version__} here")
        return node, actor
    raise RuntimeError(f"none starts: {why}")


async def _to(actor: Any, reader: StreamReader) -> None:
    for number in count():
        piece = await reader.read(_PIECE)
        actor.hear.remote(number, piece)
        if not piece:
            return


async def _from(actor: Any, writer: StreamWriter) -> None:
    while said := await actor.say.remote():
        writer.write(said)
        await writer.drain()


def _in_one_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


if __name__ == "__main__":
    # Nothing is told to Ray's makers, and no call starts a cluster that isn't there.
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_AUTO_CONNECT": "0"}
    asyncio.run(_main(int(sys.argv[1]), sys.argv[2]))
