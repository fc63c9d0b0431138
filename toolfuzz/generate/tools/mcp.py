"""Tools of an MCP server: start it or connect, list its tools, stop. Nothing is ever called.

https://modelcontextprotocol.io/specification/draft/server/tools, through the official SDK.
"""

import asyncio
import errno
import logging
import math
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TextIO

from toolfuzz.core.case import Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools.mcp_server import McpServer, server_of
from toolfuzz.generate.tools.toolset import ToolSet, usable
from toolfuzz.system.children import LastWords, leashed, pipe_to
from toolfuzz.system.specs import environment_secrets, masked

__all__ = ["MOST_TOOLS", "load_mcp"]

MOST_TOOLS = 500
"""More tools than this are refused: no model takes such a list, and pages may never end."""

_MOST_ODDITIES = 100
"""Lines of a server that are no messages: some print a greeting or log there, others no end."""

_INSTALL = "pip install 'toolfuzz[mcp]'"


def load_mcp(
    spec: str, *, headers: Mapping[str, str] | None = None, timeout: float = 30
) -> ToolSet:
    """List the tools of a server: ``COMMAND ARGS`` over stdio, a streamable HTTP URL, or
    ``mcp.json#NAME`` (see ``server_of``).

    ``headers`` go to a URL. ``timeout`` (seconds) bounds it all, start to last page. The server
    gets this process's environment, as it would from a shell. Raises UsageError in one line.
    """
    try:
        import mcp  # noqa: F401
    except ImportError:
        raise UsageError("tools of an MCP server need the mcp package", _INSTALL) from None
    server = server_of(spec, headers)
    place = f"MCP server {server.shown}"
    secrets = server.secrets | environment_secrets()
    oddities: list[Exception] = []
    words = LastWords()
    # A thread of its own, because the caller may stand in a running event loop.
    with _quiet_sdk(), pipe_to(words) as errlog, ThreadPoolExecutor(1) as pool:
        listing = pool.submit(asyncio.run, _list(server, timeout, errlog, oddities))
        problem = listing.exception()
    if problem is not None:
        said = _plain(masked(words.last_line(), secrets))
        said = f"; its last line was: {said}" if said else ""
        said = "; it prints what is not JSON-RPC" + said if oddities else said
        explained = _explained(place, problem, timeout, said)
        message = masked(explained.message, secrets)
        raise UsageError(message, explained.hint) from None
    name, tools = listing.result()
    if not tools:
        raise UsageError(f"{place}: lists no tools")
    return usable(f"tools:mcp:{name}", tools, place=place)


@contextmanager
def _quiet_sdk() -> Iterator[None]:
    """Keep the SDK from logging a traceback for each odd line of a server."""
    logger = logging.getLogger("mcp")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


async def _list(
    server: McpServer, timeout: float, errlog: TextIO, oddities: list[Exception]
) -> tuple[str, list[Tool]]:
    enough = asyncio.Event()
    listing = asyncio.create_task(_pages(_transport(server, timeout, errlog), oddities, enough))
    listing.add_done_callback(lambda task: enough.set())
    try:
        async with asyncio.timeout(timeout):
            await enough.wait()
    finally:
        listing.cancel()
        await asyncio.gather(listing, return_exceptions=True)
    if listing.cancelled():
        raise UsageError(
            "prints line after line that is not JSON-RPC",
            "an MCP server logs to standard error; standard output is for messages",
        )
    return listing.result()


def _transport(server: McpServer, timeout: float, errlog: TextIO) -> Any:
    if server.url:
        return _over_http(server)
    from mcp.client.stdio import StdioServerParameters, stdio_client

    environment = {**os.environ, **server.variables}
    command, *arguments = _leashed(server.command, timeout, environment.get("PATH"))
    parameters = StdioServerParameters(
        command=command,
        args=arguments,
        env=environment,
        cwd=server.folder,
        encoding_error_handler="replace",
    )
    return stdio_client(parameters, errlog=errlog)


@asynccontextmanager
async def _over_http(server: McpServer) -> AsyncIterator[Any]:
    """The SDK follows redirects within the address's origin only, and so do the headers."""
    import httpx2
    from mcp.client.sse import sse_client
    from mcp.client.streamable_http import streamable_http_client

    headers = dict(server.headers)
    if server.sse:
        async with sse_client(server.url, headers=headers) as streams:
            yield streams
    else:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=None) as client,
            streamable_http_client(server.url, http_client=client) as streams,
        ):
            yield streams


def _leashed(words: Sequence[str], timeout: float, path: str | None) -> tuple[str, ...]:
    """Return the command with its limits; raise what the system would, were it started bare."""
    if shutil.which(words[0], path=path) is None:
        code = errno.EACCES if Path(words[0]).exists() else errno.ENOENT
        raise OSError(code, os.strerror(code))
    return leashed(words, cpu_seconds=math.ceil(4 * timeout))


async def _pages(
    transport: Any, oddities: list[Exception], enough: asyncio.Event
) -> tuple[str, list[Tool]]:
    from mcp import Client

    async def note(message: object) -> None:
        if isinstance(message, Exception):
            oddities.append(message)
        if len(oddities) > _MOST_ODDITIES:
            enough.set()

    tools: list[Tool] = []
    async with Client(transport, message_handler=note) as client:
        cursor = None
        while True:
            page = await client.list_tools(cursor=cursor)
            tools += [Tool(t.name, t.description, t.input_schema) for t in page.tools]
            if len(tools) > MOST_TOOLS:
                raise UsageError(
                    f"lists more than {MOST_TOOLS} tools",
                    "let the server offer fewer: no model accepts that many",
                )
            cursor = page.next_cursor
            if not cursor:
                break
        name = client.server_info.name if client.server_info else "server"
        return _plain(name), tools


def _explained(place: str, problem: BaseException, timeout: float, said: str) -> UsageError:
    """Turn whatever went wrong, however deep in exception groups, into one line."""
    from pydantic import ValidationError

    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    match problem:
        case UsageError():
            own = problem.message.startswith("--mcp")
            return problem if own else UsageError(f"{place}: {problem.message}", problem.hint)
        case TimeoutError():
            return UsageError(f"{place}: no list of tools within {timeout:g} s{said}")
        case FileNotFoundError() | PermissionError():
            return UsageError(f"{place}: can't be started: {problem.strerror}", "is it installed?")
        case ValidationError():
            first = problem.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            return UsageError(
                f"{place}: not what MCP allows: {_plain(where + ': ' + first['msg'])}"
            )
    reason = _plain(str(problem)) or type(problem).__name__
    return UsageError(f"{place}: {reason}{said}", "start it by hand to see what it says")


def _plain(text: str) -> str:
    """One short line of printable text: a server's words are anybody's words."""
    return "".join(c if c.isprintable() else " " for c in text).strip()[:160]
