"""What runs on a Ray cluster: a worker's actor, and one for the places of each key.

Imported by the bridge and, by its name, on the machines of the cluster.
"""

import asyncio
import hashlib
import socket
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

import ray

from toolfuzz import __version__
from toolfuzz.pools.places import Places
from toolfuzz.pools.ray_permit import Keeper, RayPermit
from toolfuzz.pools.wire import Wire
from toolfuzz.pools.worker import serve
from toolfuzz.sources.pacing import MAX_HOLD
from toolfuzz.sources.source import Permit, SourceSpec
from toolfuzz.system.garbage import look_rarely

__all__ = ["NAMESPACE", "PlacesKeeper", "RayWorker"]

NAMESPACE = "toolfuzz"
"""Where the actors of places are found by all runs."""

_MOST_SAID = 2**20


class RayWorker:
    """Does jobs as ``worker.serve`` says. Of its messages come the bytes, in numbered pieces.

    That happens in a thread with a loop of asyncio's own: Ray's may be another (uvloop).
    """

    def __init__(self) -> None:
        look_rarely()
        self._ours, theirs = socket.socketpair()
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._early: dict[int, bytes] = {}
        self._next = 0
        me = ray.get_runtime_context().current_actor
        self._serving = Future[None]()
        threading.Thread(target=_serve, args=(theirs, me, self._serving), daemon=True).start()

    async def begin(self) -> str:
        """Be ready to hear and to say something; return the version of toolfuzz here."""
        self._ends = await asyncio.open_connection(sock=self._ours)
        return __version__

    async def hear(self, number: int, piece: bytes) -> None:
        """Take a piece; an empty one is the last. Ray may call for a later one first."""
        assert self._ends is not None
        _, writer = self._ends
        self._early[number] = piece
        while (following := self._early.pop(self._next, None)) is not None:
            self._next += 1
            if following:
                writer.write(following)
            else:
                writer.write_eof()

    async def say(self) -> bytes:
        """Wait until something is to be said and return it; nothing: it has ended."""
        assert self._ends is not None
        reader, _ = self._ends
        said = await reader.read(_MOST_SAID)
        if not said:
            # A mistake of ours is the bridge's to know of.
            await asyncio.wrap_future(self._serving)
        return said

    async def gone(self) -> None:
        """Never return: whoever waits for it learns when this actor has died."""
        await asyncio.Event().wait()


def _serve(connected: socket.socket, me: Any, serving: "Future[None]") -> None:
    def permit(source: SourceSpec, remote: Permit) -> Permit:
        pace = source.pace
        name = hashlib.sha256(pace.shared_by.encode(errors="replace")).hexdigest()[:32]
        return RayPermit(lambda: _keeper(name), me, replace(pace, shared_by=name), remote)

    async def serving_it() -> None:
        wire = await Wire.over(connected)
        try:
            await serve(wire, permit)
        finally:
            wire.close()

    # With uvloop's policy, which Ray sets, asyncio's loops can't start processes.
    asyncio.set_event_loop_policy(None)
    try:
        with asyncio.Runner() as runner:
            runner.run(serving_it())
    except BaseException as error:
        serving.set_exception(error)
    else:
        serving.set_result(None)


class PlacesKeeper:
    """The one Places of a key on a cluster. It ends when no worker has been there for a while."""

    def __init__(self) -> None:
        look_rarely()
        self._places = Places()
        self._watching: set[asyncio.Task[None]] = set()

    async def meet(self, worker: str, actor: Any, pace: Any) -> None:
        """Take note of a worker; what it holds is taken back when its actor has died."""
        self._places.meet(worker, pace)
        task = asyncio.create_task(self._watch(worker, actor))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def place(self, *told: Any) -> bool:
        """See ``Places.place``."""
        return await self._places.place(*told)

    async def leave(self, *told: Any) -> None:
        """See ``Places.leave``."""
        await self._places.leave(*told)

    async def _watch(self, worker: str, actor: Any) -> None:
        with suppress(ray.exceptions.RayError):
            await actor.gone.remote()
        await self._places.forget(worker)
        # A server's wish to be left alone for a while is kept for the next run.
        await asyncio.sleep(MAX_HOLD)
        if not self._places.workers:
            ray.kill(ray.get_runtime_context().current_actor)


def _keeper(name: str) -> Keeper:
    """Return the actor of a key, a new one where there is none."""
    made = ray.remote(PlacesKeeper).options(
        name=f"places-{name}",
        namespace=NAMESPACE,
        get_if_exists=True,
        lifetime="detached",
        num_cpus=0,
        # On the head: the cluster lives no longer than that.
        resources={"node:__internal_head__": 0.001},
        max_restarts=-1,
        max_concurrency=100_000,
    )
    return cast(Keeper, made.remote())
