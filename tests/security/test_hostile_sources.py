"""Servers that descriptions of tools are read from."""

import asyncio
import gzip

import pytest
from hostile_server import Asked, answer, serving

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools import load_openapi


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
def test_a_compressed_description_is_not_blown_up(encoding: str) -> None:
    body = b"x" * 64 * 2**20
    for _ in encoding.split():
        body = gzip.compress(body, 1)
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
