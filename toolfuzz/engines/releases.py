"""Which releases of an engine there are, and between which of them an answer changes."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Hashable, Sequence
from itertools import pairwise
from typing import TypeVar

from toolfuzz.core.errors import UsageError
from toolfuzz.engines import store
from toolfuzz.engines.known import engine as known_engine
from toolfuzz.engines.process import Worker
from toolfuzz.engines.spec import check_version, version_key
from toolfuzz.engines.trial import prepare

__all__ = ["at_hand", "parsers_in", "released_between", "releases", "searched"]

SAMPLED = 8
"""Into so many parts the releases are divided at least, before it is known where they differ."""
_AT_ONCE = 4

T = TypeVar("T")


def releases(engine: str) -> list[str]:
    """Return the versions that pip can fetch and those that are fetched, oldest first.

    Raises UsageError for an engine that can't be fetched, and where pip finds nothing and nothing
    is fetched.
    """
    names = {*store.available(engine), *at_hand(engine)}
    if not names:
        raise UsageError(
            f"pip finds no release of {engine}", "check the network and pip's settings"
        )
    return sorted(names, key=version_key)


def at_hand(engine: str) -> list[str]:
    """Return the versions that are fetched, oldest first."""
    return [release.version for release in store.cached() if release.engine == engine]


async def parsers_in(engine: str, version: str) -> list[str]:
    """Return the parsers of a release that can be tried, after fetching and loading it.

    Raises UsageError where that can't be done.
    """
    known = known_engine(engine)
    python, arguments = await asyncio.to_thread(prepare, known, version)
    worker = Worker(python, arguments, timeout=1.0, cpu_seconds=1.0)
    try:
        await worker.start()
        return [parser for parser in worker.parsers if known.family(parser)]
    finally:
        await worker.stop()


def released_between(versions: Sequence[str], since: str | None, until: str | None) -> list[str]:
    """Return the versions from ``since`` to ``until``, both included; raises UsageError."""
    for bound in (since, until):
        if bound is not None:
            check_version(bound)
    low = version_key(since) if since else ()
    found = [
        v for v in versions
        if version_key(v) >= low and (not until or version_key(v) <= version_key(until))
    ]  # fmt: skip
    if not found:
        raise UsageError(
            f"there is no release from {since or versions[0]} to {until or versions[-1]}",
            f"there are {versions[0]} to {versions[-1]}",
        )
    return found


async def searched(
    count: int,
    answer: Callable[[int], Awaitable[T]],
    kind: Callable[[T], Hashable],
    *,
    first: int,
    answers: Callable[[T], bool],
    every: bool = False,
) -> dict[int, T]:
    """Find where the kind of the answers changes among ``count`` places in a row.

    ``first`` is looked at first, then both ends. Where that has an answer and the oldest place has
    none (``answers`` is False), the oldest that has is found by halves. What is left is divided
    into SAMPLED parts, and each two neighbours whose kinds differ by halves again. So a change that
    is undone between two places which were looked at and agree isn't seen; ``every`` looks at all.
    """
    found: dict[int, T] = {}
    free = asyncio.Semaphore(min(_AT_ONCE, os.cpu_count() or 1))

    async def look(place: int) -> None:
        async with free:
            found[place] = await answer(place)

    async def all_of(places: set[int]) -> None:
        async with asyncio.TaskGroup() as group:
            for place in sorted(places - found.keys()):
                group.create_task(look(place))

    await all_of({first})
    if every:
        await all_of(set(range(count)))
        return found
    await all_of({0, count - 1})
    low, high = 0, first
    if answers(found[first]) and not answers(found[0]):
        while high - low > 1:
            await all_of({(low + high) // 2})
            if answers(found[(low + high) // 2]):
                high = (low + high) // 2
            else:
                low = (low + high) // 2
        low = high
    widest = max((count - low) // SAMPLED, 1)
    while True:
        looked = sorted(place for place in found if place >= low)
        halves = {
            (a + b) // 2
            for a, b in pairwise(looked)
            if b - a > 1 and (b - a > widest or kind(found[a]) != kind(found[b]))
        }
        if not halves:
            return found
        await all_of(halves)
