"""Servers that descriptions of tools are read from."""

import asyncio
import gzip

import pytest
from hostile_server import Asked, answer, serving

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools import load_openapi

INNER = gzip.compress(b"x" * 64 * 2**20)


@pytest.mark.parametrize(
    ("body", "encoding"), [(INNER, "gzip"), (gzip.compress(INNER), "gzip, gzip")]
)
def test_a_compressed_description_is_not_blown_up(body: bytes, encoding: str) -> None:
    asked_for = []

    async def reply(asked: Asked, writer: asyncio.StreamWriter) -> None:
        asked_for.append(asked.headers["accept-encoding"])
        await answer(writer, body, content_encoding=encoding)

    with (
        serving(reply) as server,
        pytest.raises(UsageError, match=f"content-encoding {encoding}, although identity"),
    ):
        load_openapi(f"{server.url}/openapi.json")
    assert asked_for == ["identity"]
