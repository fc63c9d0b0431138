"""The upstream of a trial behaves as services do where gateways could lean on it."""

import httpx
import pytest

from toolfuzz.simulate.scripted import Script, build_upstream


@pytest.mark.parametrize("stream", [True, False])
async def test_nobody_says_how_long_a_stream_will_be(stream: bool) -> None:
    """A gateway that passes headers on and adds to a stream would seem to cut its end off."""
    transport = httpx.ASGITransport(build_upstream(Script()))
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": stream}
    async with httpx.AsyncClient(transport=transport, base_url="http://up") as client:
        reply = await client.post("/v1/chat/completions", json=body)
    assert ("content-length" in reply.headers) is not stream
    assert reply.text.endswith("data: [DONE]\n\n") is stream
