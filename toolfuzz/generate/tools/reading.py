"""Documents from files and over HTTP, bounded in size and time."""

import asyncio
import json
import math
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from toolfuzz.core.case import Json
from toolfuzz.core.errors import UsageError
from toolfuzz.system.clients import http_client
from toolfuzz.system.specs import masked, secrets_of_command, without_secrets

__all__ = [
    "MOST_BYTES",
    "MOST_PARTS",
    "MOST_SECONDS",
    "Deadline",
    "fetch",
    "parse_json",
    "read_bytes",
]

MOST_SECONDS = 30.0
"""One source of tools may take this long, from the first byte to the last tool."""

MOST_BYTES = 10_000_000
"""Of a file of tools, and of a remote schema."""

MOST_PARTS = 500_000
"""Objects and lists, or members and items beyond four times as many: a byte or two of JSON can take
a hundred in memory."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a source must have been read (``seconds`` from now)."""

    seconds: float = MOST_SECONDS
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left, at least 0."""
        return max(0.0, self.began + self.seconds - time.monotonic())

    def check(self, place: str) -> None:
        """Raise UsageError when it is over."""
        if not self.left:
            raise UsageError(f"{place}: takes longer than {self.seconds:g} s to read")


def fetch(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    most_bytes: int = MOST_BYTES,
    deadline: Deadline | None = None,
) -> bytes:
    """GET the URL (redirects followed); raises UsageError, also when it is not there in time.

    With ``headers`` no redirect is followed: they are for this server.
    """
    import httpx

    deadline, place = deadline or Deadline(), without_secrets(url)
    # A thread of its own, because the caller may stand in a running event loop.
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(
                asyncio.run, _get(url, place, headers or {}, most_bytes, deadline)
            ).result()
        except TimeoutError:
            raise UsageError(f"{place}: takes longer than {deadline.seconds:g} s to read") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            secrets = secrets_of_command(url).union((headers or {}).values())
            said = masked(str(error), secrets) or type(error).__name__
            raise UsageError(f"{place}: {said}") from None


async def _get(
    url: str, place: str, headers: Mapping[str, str], most_bytes: int, deadline: Deadline
) -> bytes:
    """The whole body; the timeout is for all of it, as httpx's own are for each read."""
    data = bytearray()
    async with (
        asyncio.timeout(deadline.left),
        http_client(timeout=None, follow_redirects=not headers) as client,
        client.stream("GET", url, headers={**headers, "accept-encoding": "identity"}) as response,
    ):
        if response.is_redirect:
            raise UsageError(
                f"{place}: it redirects, and headers go nowhere else", "give the address it names"
            )
        if response.is_error:
            raise UsageError(f"{place}: HTTP {response.status_code}")
        encoding = response.headers.get("content-encoding", "identity")
        if encoding != "identity":
            # httpx would undo it in one go: a megabyte of gzip in gzip is many gigabytes.
            raise UsageError(
                f"{place}: content-encoding {encoding}, although identity was asked for"
            )
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) > most_bytes:
                raise UsageError(f"{place}: larger than {most_bytes // 10**6} MB")
    return bytes(data)


def read_bytes(path: Path, *, most_bytes: int = MOST_BYTES) -> bytes:
    """Read a file that is not larger than that; raises UsageError."""
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    if len(data) > most_bytes:
        raise UsageError(f"{path}: larger than {most_bytes // 10**6} MB", "split the file")
    return data


def parse_json(data: bytes, place: str) -> Json:
    """Parse JSON text that came from ``place``; raises UsageError."""
    # Those in strings count as well, which is as it may be: they are few.
    parts = data.count(b"{") + data.count(b"[")
    if parts > MOST_PARTS or data.count(b",") > 4 * MOST_PARTS:
        raise UsageError(f"{place}: more than {MOST_PARTS:,} objects and lists", "split the file")
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refused, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise UsageError(f"{place}: not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{place}: not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise UsageError(f"{place}: nested too deeply to be read") from None
    except ValueError as error:
        raise UsageError(f"{place}: not JSON: {str(error)[:100]}") from None


def _refused(word: str) -> Json:
    raise ValueError(f"{word} is no JSON value")


def _finite(digits: str) -> float:
    """Read a number; one that no double holds would be written as ``Infinity``."""
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:20]} is too large")
    return number
