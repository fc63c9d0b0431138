"""Workers on a Ray cluster: the pool of many machines."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.pools.child import Child
from toolfuzz.pools.distant import Distant
from toolfuzz.pools.pool import Batch, Job, Keep, Permits, keep_nothing
from toolfuzz.pools.shared import SharedPool, WorkerLostError
from toolfuzz.pools.wire import Wire
from toolfuzz.sources.source import Permit, SourceSpec

__all__ = ["ray_pool", "require_ray"]

_REACHED_SECONDS = 5.0
_CONNECTED_SECONDS = 45.0


@asynccontextmanager
async def ray_pool(address: str, workers: int, *, here_alone: str = "") -> AsyncIterator["RayPool"]:
    """Connect to a cluster and yield a pool of so many workers on it.

    ``address`` is that of its head (``10.0.0.1:6379``), or ``auto``: this machine's cluster, or
    that of RAY_ADDRESS. ``here_alone`` names a target that no other machine can reach. Raises
    UsageError and EndpointError, within a minute.
    """
    require_ray()
    await _see_that_it_answers(address)
    async with _bridge(address) as bridge:
        if here_alone and bridge.hosts > 1:
            raise UsageError(
                f"{here_alone} is on this machine; the cluster's others can't reach it",
                "name an address that they reach, or use --workers without --ray",
            )
        async with SharedPool(bridge.worker, workers) as pool:
            yield RayPool(pool)


def require_ray() -> None:
    """Raise UsageError where Ray isn't installed."""
    if find_spec("ray") is None:
        raise UsageError("--ray needs Ray", "pip install 'toolfuzz[ray]', on all machines")


class RayPool:
    """A Pool (see there) on a cluster: as many at once as each source's pace allows at most.

    How many there really are says the actor that keeps the places of a key.
    """

    def __init__(self, pool: SharedPool) -> None:
        self._pool = pool

    async def run(
        self, jobs: AsyncIterator[Job], permits: Permits, keep: Keep = keep_nothing
    ) -> AsyncGenerator[Batch]:
        """Do the jobs and give what came of them."""
        async with aclosing(self._pool.run(jobs, _AtMost(permits), keep)) as batches:
            async for batch in batches:
                yield batch

    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function on the cluster (see ``Callers``)."""
        return await self._pool.call(function, *arguments)


@dataclass(frozen=True, slots=True)
class _AtMost:
    permits: Permits

    def of(self, source: SourceSpec) -> Permit:
        return self.permits.of(source)

    def limit(self, source: SourceSpec) -> int:
        return source.pace.most

    def close(self) -> None:
        self.permits.close()


async def _see_that_it_answers(address: str) -> None:
    """Try to connect: Ray itself does so for minutes."""
    if address == "auto":
        return
    here = "run it on a machine of the cluster and give the head's address: --ray HOST:6379"
    if "://" in address:
        raise UsageError(f"--ray {address}: Ray's client can't be used", here)
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"--ray {address}: not the address of a cluster", here)
    try:
        connecting = asyncio.open_connection(host.strip("[]"), int(port))
        _, writer = await asyncio.wait_for(connecting, _REACHED_SECONDS)
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, str(error) or "no answer") from None
    writer.close()


@dataclass(frozen=True, slots=True)
class _Bridge:
    """The process that holds the connection to the cluster (see ``ray_bridge``)."""

    child: Child
    path: str
    hosts: int

    async def worker(self) -> Distant:
        """Return a new worker; raises EndpointError when the cluster gives none."""
        try:
            wire = Wire(*await asyncio.open_unix_connection(self.path))
        except OSError:
            raise _left(await self.child.how_it_ended()) from None
        worker = Distant(wire)
        try:
            await worker.ready()
        except WorkerLostError as lost:
            await worker.close()
            raise _left(str(lost)) from None
        except asyncio.CancelledError:
            await worker.close()
            raise
        return worker


@asynccontextmanager
async def _bridge(address: str) -> AsyncIterator[_Bridge]:
    child = await Child.start("toolfuzz.pools.ray_bridge", address)
    try:
        async with asyncio.timeout(_CONNECTED_SECONDS):
            said = await child.wire.receive()
    except (TimeoutError, EOFError):
        said = ("failed", child.last_line() or "no answer")
    try:
        match said:
            case ("ready", path, hosts):
                yield _Bridge(child, path, hosts)
            case (_, why):
                raise _no_cluster(address, why)
    finally:
        child.wire.close()
        await child.end()


def _no_cluster(address: str, why: str) -> UsageError:
    return UsageError(
        f"no Ray cluster at {address}: {why}",
        "start one with `ray start --head`, or use --workers without --ray",
    )


def _left(why: str) -> EndpointError:
    return EndpointError(
        f"the Ray cluster gives no worker: {why}", "see its state with `ray status`"
    )
