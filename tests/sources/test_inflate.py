"""A compressed body is undone in bounded memory; one that is broken is the transport's fault."""

import gzip
import tracemalloc
import zlib

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from toolfuzz.sources.capture import MAX_ERROR_BYTES, capture
from toolfuzz.sources.inflate import EncodingError, inflater

WORDS = b'{"choices": []}' * 40


@given(
    st.binary(max_size=5000), st.sampled_from(["gzip", "x-gzip", "deflate"]), st.integers(1, 700)
)
def test_what_was_compressed_comes_back(body: bytes, name: str, size: int) -> None:
    packed = gzip.compress(body) if "gzip" in name else zlib.compress(body)
    inflating = inflater(name)
    assert inflating is not None
    pieces = [packed[n : n + size] for n in range(0, len(packed), size)]
    out = [part for piece in pieces for part in inflating.feed(piece)]
    assert b"".join([*out, *inflating.finish()]) == body


@pytest.mark.parametrize("header", ["", "identity", " Identity , identity"])
def test_nothing_to_undo(header: str) -> None:
    assert inflater(header) is None


@pytest.mark.parametrize("header", ["gzip, gzip", "br", "zstd", "gzip,br", "x"])
def test_what_is_not_undone_is_said(header: str) -> None:
    with pytest.raises(EncodingError, match="identity was asked for"):
        inflater(header)


def response(body: bytes, encoding: str, status: int = 200) -> Response:
    return Response(body, status, headers={"content-encoding": encoding})


async def answer(loopback, reply: Response, most: int = 2**20):
    async def give(request, number):
        return reply

    loopback.answer = give
    async with httpx.AsyncClient() as client:
        request = client.build_request("POST", f"{loopback.base_url}/x", json={})
        return await capture(client, request, timeout=20, most=most)


async def test_gzip_is_undone(loopback) -> None:
    attempt = await answer(loopback, response(gzip.compress(WORDS), "gzip"))
    assert (attempt.body, attempt.error) == (WORDS, None)


@pytest.mark.parametrize(
    ("body", "encoding", "error"),
    [
        (gzip.compress(WORDS)[:-9], "gzip", "EncodingError: the gzip stream was cut off"),
        (b"", "gzip", "EncodingError: the gzip stream was cut off"),
        (WORDS, "gzip", "EncodingError: the body is not gzip"),
        (gzip.compress(WORDS) + b"x", "gzip", "EncodingError: more bytes after the end"),
        (gzip.compress(gzip.compress(WORDS)), "gzip, gzip", "EncodingError: content-encoding gzip"),
    ],
    ids=["cut off", "empty", "not gzip", "bytes after the end", "nested"],
)
async def test_a_broken_encoding_is_an_error_of_the_transport(
    loopback, body: bytes, encoding: str, error: str
) -> None:
    attempt = await answer(loopback, response(body, encoding))
    assert attempt.error.startswith(error)


async def test_a_bomb_is_cut_before_it_goes_off(loopback) -> None:
    bomb = gzip.compress(b"0" * 2**28)  # 256 MiB in 256 kB
    tracemalloc.start()
    attempt = await answer(loopback, response(bomb, "gzip"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert attempt.error == "BodyTooLarge: more than 1 MiB"
    assert len(attempt.body) == 2**20
    assert peak < 16 * 2**20


async def test_of_an_error_little_is_kept(loopback) -> None:
    attempt = await answer(loopback, Response(b"x" * 2**23, 500), most=2**24)
    assert len(attempt.body) == MAX_ERROR_BYTES
    assert attempt.error == "BodyTooLarge: more than 1 MiB"
