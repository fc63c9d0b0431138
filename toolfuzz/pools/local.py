"""Asking from this process."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import partial

from toolfuzz.pools.crew import by_crew
from toolfuzz.pools.doing import Doer
from toolfuzz.pools.pool import Batch, Job, Keep, Permits, keep_nothing

__all__ = ["LocalPool"]


class LocalPool:
    """The pool of one process (see Pool)."""

    async def run(
        self, jobs: AsyncIterator[Job], permits: Permits, keep: Keep = keep_nothing
    ) -> AsyncGenerator[Batch]:
        """Do the jobs and give what came of them."""
        async with (
            Doer(permits.of) as doer,
            aclosing(by_crew(jobs, permits.limit, partial(doer.do, keep=keep))) as batches,
        ):
            async for batch in batches:
                yield batch
