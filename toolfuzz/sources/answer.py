"""What a server answers, before its body is read."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

import httpx

__all__ = ["Answer", "by_httpx"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer, with the pieces of its body as they come, still encoded.

    Whoever has read what it wants of them calls ``close``. Both raise httpx's errors.
    """

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterator[bytes]
    close: Callable[[], Awaitable[None]]


async def by_httpx(client: httpx.AsyncClient, request: httpx.Request) -> Answer:
    """Send a request through a client of httpx."""
    response = await client.send(request, stream=True)
    return Answer(response.status_code, response.headers, response.aiter_raw(), response.aclose)
