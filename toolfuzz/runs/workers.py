"""The pool of a command: this process, several, or those of a cluster."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from urllib.parse import urlsplit

from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Callers, Pool
from toolfuzz.pools.processes import process_pool
from toolfuzz.pools.ray import ray_pool
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.targets import Source
from toolfuzz.runs.trust import LOOPBACK
from toolfuzz.sources.http import HttpSource

__all__ = ["open_callers", "open_pool"]


def open_pool(options: RunOptions, sources: Iterable[Source]) -> AbstractAsyncContextManager[Pool]:
    """Return the pool that a run's options want for its sources."""
    if options.ray is not None:
        return ray_pool(options.ray, options.workers, here_alone=_here_alone(sources))
    return nullcontext(LocalPool()) if options.workers == 1 else process_pool(options.workers)


def open_callers(workers: int, ray: str | None) -> AbstractAsyncContextManager[Callers]:
    """Return so many workers that need no target: of this machine, or on a Ray cluster."""
    return process_pool(workers) if ray is None else ray_pool(ray, workers)


def _here_alone(sources: Iterable[Source]) -> str:
    """Return the name of a target that only this machine reaches, "" for none."""
    http = (source for source in sources if isinstance(source, HttpSource))
    here = (s for s in http if urlsplit(s.endpoint.base_url).hostname in LOOPBACK)
    return next((source.target.name for source in here), "")
