"""The pool of a command: this process, or several."""

from contextlib import AbstractAsyncContextManager, nullcontext

from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Pool
from toolfuzz.pools.processes import process_pool

__all__ = ["open_pool"]


def open_pool(workers: int) -> AbstractAsyncContextManager[Pool]:
    """Return a pool of so many processes; one is this process itself."""
    return nullcontext(LocalPool()) if workers == 1 else process_pool(workers)
