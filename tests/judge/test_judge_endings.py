"""How a body ends: what comes after ``[DONE]`` is a warning, what was cut off is nobody's fault."""

import gzip
import json
from functools import partial
from typing import Any

import httpx
import pytest
from judge_wire_bytes import PARIS, ROME, attempt, case_of, plain_body, verdict

from toolfuzz.formats import wire_format
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile
from toolfuzz.simulate.question import read_question
from toolfuzz.sources.answer import by_httpx
from toolfuzz.sources.capture import capture

CASE = case_of(PARIS, prompt='Call get_weather with {"city":"Paris","days":3}.')
DONE = b"data: [DONE]\n\n"


def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps({**head, 'choices': [choice]})}\n\n".encode()


def called(index: int, call: tuple[str | None, str | None, str]) -> dict[str, Any]:
    function = {"name": call[1], "arguments": call[2]}
    piece = {"index": index, "id": call[0], "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [piece]}


HEAD = chunk(called(0, PARIS))
CLEAN = HEAD + chunk({}, "tool_calls") + DONE


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        (CLEAN, None),
        (CLEAN + b": bye\n\n", None),
        (CLEAN + DONE, "warn"),
        (CLEAN.replace(b"[DONE]", b"[DONE] "), "warn"),
        (CLEAN.replace(b"[DONE]", b"[DONE]\ndata: "), "warn"),
        (CLEAN + chunk({"content": "late"}), "warn"),
        (CLEAN + chunk(called(1, ROME)) + DONE, "warn"),
        (CLEAN + b"data: {oops\n\n", "warn"),
        (CLEAN + b'event: error\ndata: {"error": {"message": "boom"}}\n\n', "warn"),
        (HEAD + DONE + chunk({}, "tool_calls") + DONE, "warn"),
        (chunk(called(0, (*PARIS[:2], '{"city"'))) + DONE + HEAD, "error"),
        (DONE + CLEAN, "error"),
    ],
    ids=lambda value: value.decode()[-40:] if isinstance(value, bytes) else value,
)
def test_what_follows_done_is_a_warning_where_the_sdk_reads_right(
    body: bytes, severity: str | None
) -> None:
    format = wire_format("openai-chat")
    came = attempt(body)
    judgement = verdict(CASE, format.read(came, stream=True))
    found = {f.severity for f in judgement.findings}
    assert found >= {severity} if severity == "error" else found == {severity} - {None}
    for reader in format.clients:
        if reader.stream and severity != "error":
            assert list(reader.read(came)) == [("get_weather", {"city": "Paris", "days": 3})]


@pytest.mark.parametrize(("tail", "severity"), [(b"", None), (DONE, None), (DONE * 2, "warn")])
def test_responses_may_end_with_done(tail: bytes, severity: str | None) -> None:
    format = wire_format("openai-responses")
    tool = CASE.tools[0]
    asked = {
        "model": "m",
        "stream": True,
        "input": "Call get_weather with exactly these arguments:\n```\n" + PARIS[2] + "\n```",
        "tools": [{"type": "function", "name": tool.name, "parameters": tool.parameters}],
    }
    served = respond(read_question(format, asked), check_profile("clean"), "seed")
    came = attempt(b"".join(format.framing.join(served.wire.events)) + tail)
    judgement = verdict(CASE, format.read(came, stream=True))
    assert {f.severity for f in judgement.findings} == {severity} - {None}
    for reader in format.clients:
        if reader.stream:
            assert list(reader.read(came)) == [("get_weather", {"city": "Paris", "days": 3})]


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, -8, -1])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_compressed_body_that_was_cut_off_is_unjudged(cut: float, stream: bool) -> None:
    plain = json.dumps(plain_body("openai-chat", PARIS)).encode()
    packed = gzip.compress(CLEAN if stream else plain)
    kept = packed[: int(cut * len(packed)) if cut > 0 else int(cut)]

    def answer(request: httpx.Request) -> httpx.Response:
        # As a stream: httpx would undo the content encoding of bytes at once.
        body = httpx.ByteStream(kept)
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        request = http.build_request("POST", "http://server/v1/chat/completions", json={})
        came = await capture(partial(by_httpx, http, request), timeout=20)
    judgement = verdict(CASE, wire_format("openai-chat").read(came, stream=stream))
    assert (judgement.status, judgement.findings) == ("unjudged", ())
    assert "cut off" in str(judgement.reason)
