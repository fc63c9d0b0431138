"""A compressed answer is undone in bounded memory; one that is broken is the transport's fault."""

import gzip
import sys
import tracemalloc
from functools import partial

import httpx
import pytest
from starlette.responses import Response

from toolfuzz.sources.answer import by_httpx
from toolfuzz.sources.capture import MAX_ERROR_BYTES, capture

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

WORDS = b'{"choices": []}' * 40
PACKED = {"gzip": partial(gzip.compress, mtime=0), "zstd": zstd.compress}
# With the time in it, a test would be called otherwise in each process.
ZIPPED = PACKED["gzip"](WORDS)


def response(body: bytes, encoding: str, status: int = 200) -> Response:
    return Response(body, status, headers={"content-encoding": encoding})


async def answer(loopback, reply: Response, most: int = 2**20):
    async def give(request, number):
        return reply

    loopback.answer = give
    async with httpx.AsyncClient() as client:
        request = client.build_request("POST", f"{loopback.base_url}/x", json={})
        return await capture(partial(by_httpx, client, request), timeout=20, most=most)


async def test_gzip_is_undone(loopback) -> None:
    attempt = await answer(loopback, response(ZIPPED, "gzip"))
    assert (attempt.body, attempt.error) == (WORDS, None)


@pytest.mark.parametrize(
    ("body", "encoding", "error"),
    [
        (ZIPPED[:-9], "gzip", "EncodingError: the gzip stream was cut off"),
        (b"", "gzip", "EncodingError: the gzip stream was cut off"),
        (WORDS, "gzip", "EncodingError: the body is not gzip"),
        (ZIPPED + b"x", "gzip", "EncodingError: more bytes after the end"),
        (PACKED["gzip"](ZIPPED), "gzip, gzip", "EncodingError: content-encoding gzip"),
        (zstd.compress(WORDS)[:-9], "zstd", "EncodingError: the zstd stream was cut off"),
        (WORDS, "zstd", "EncodingError: the body is not zstd"),
        (zstd.compress(WORDS) + b"x", "zstd", "EncodingError: more bytes after the end"),
    ],
)
async def test_a_broken_encoding_is_an_error_of_the_transport(
    loopback, body: bytes, encoding: str, error: str
) -> None:
    attempt = await answer(loopback, response(body, encoding))
    assert attempt.error.startswith(error)


@pytest.mark.parametrize("name", ["gzip", "zstd"])
async def test_a_bomb_is_cut_before_it_goes_off(loopback, name: str) -> None:
    bomb = PACKED[name](b"0" * 2**28)  # 256 MiB in 256 kB, or in 8
    tracemalloc.start()
    attempt = await answer(loopback, response(bomb, name))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert attempt.error == "BodyTooLarge: more than 1 MiB"
    assert len(attempt.body) == 2**20
    assert peak < 16 * 2**20


async def test_of_an_error_little_is_kept(loopback) -> None:
    attempt = await answer(loopback, Response(b"x" * 2**23, 500), most=2**24)
    assert len(attempt.body) == MAX_ERROR_BYTES
    assert attempt.error == "BodyTooLarge: more than 1 MiB of an HTTP 500"
