"""A model server that a run starts itself, and ends."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx

from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.formats import USUAL
from toolfuzz.runs.gateway import Gateway, Running, prefix_of, running
from toolfuzz.runs.options import RunOptions

__all__ = ["serving"]

_WAIT = 1800.0
"""Seconds: some listen only when a large model is loaded."""
_POLL = 0.5
_PATIENCE = 10.0
_LOADING = 503


@asynccontextmanager
async def serving(command: Sequence[str], options: RunOptions) -> AsyncIterator[RunOptions]:
    """Start a server and wait until its model is loaded; yield the options that ask it.

    ``{port}`` in the command is that of the options' ``base_url``, or a free one. The server is
    ended with the context, however that ends. Raises UsageError where it can't be known where the
    server listens, EndpointError when it ends before.
    """
    port = urlsplit(options.base_url).port if options.base_url else None
    if port is None and not any("{port}" in word for word in command):
        raise UsageError(
            "where does the server listen?",
            "write {port} into its command, or give --base-url http://127.0.0.1:PORT/v1",
        )
    gateway = Gateway(command, wait=_WAIT, noun="server")
    async with running(gateway, "", port=port) as server:
        base = options.base_url or server.origin + prefix_of(options.format or USUAL, None)
        await _loaded(server, base)
        yield options.but(base_url=base)


async def _loaded(server: Running, base: str) -> None:
    """Wait while a server that listens says that it isn't ready (llama.cpp's does)."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _WAIT
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE) as client:
        while loop.time() < deadline:
            if ended := server.ended():
                raise EndpointError(ended, "look for what it wants")
            try:
                if (await client.get(f"{base}/models")).status_code != _LOADING:
                    return
            except httpx.HTTPError:
                # What is wrong with it the first question will tell.
                return
            await asyncio.sleep(_POLL)
