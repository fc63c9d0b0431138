"""What strangers send to the simulator: an answer or a refusal in the format's own shape, soon."""

import json
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anthropic
import httpx
import needs
import openai
import pytest

from toolfuzz.simulate import server
from toolfuzz.simulate.process import start

CHAT = "/v1/chat/completions"
TEXT = {"type": "string"}


def one_of_two(count: int, word: str) -> dict[str, Any]:
    """Definitions that name each the next one twice."""
    twice = [{"$ref": "#/$defs/{}"}] * 2
    defs: dict[str, Any] = {f"d{count}": TEXT}
    for n in range(count):
        refs = [{"$ref": f"#/$defs/d{n + 1}"} for _ in twice]
        members = {"x": refs[0], "y": refs[1]}
        inside = {"type": "object", "properties": members, "required": ["x", "y"]}
        defs[f"d{n}"] = inside if word == "properties" else {word: refs}
    first = {"$ref": "#/$defs/d0"}
    return {"type": "object", "properties": {"a": first}, "required": ["a"], "$defs": defs}


def needing(schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": schema}, "required": ["a"]}


def asking(parameters: Any, prompt: str = "call f", model: str = "clean", count: int = 1) -> bytes:
    tools = [
        {"type": "function", "function": {"name": f"f{n or ''}", "parameters": parameters}}
        for n in range(count)
    ]
    messages = [{"role": "user", "content": prompt}]
    return json.dumps({"model": model, "messages": messages, "tools": tools}).encode()


def saying(messages: Any) -> bytes:
    return json.dumps({"model": "m", "messages": messages, "input": messages}).encode()


WIDE = {"additionalProperties": {"anyOf": [{"type": "string", "maxLength": n} for n in range(999)]}}
MANY = json.dumps({f"k{n}": "x" for n in range(5000)})
ARGUMENTS = "Call f with exactly these arguments:\n```json\n{}\n```"

BODIES = {
    "nothing": (b"", 400),
    "no JSON": (b"{{{", 400),
    "no UTF-8": (b"\xff\xfe", 400),
    "no object": (b"[]", 400),
    "NaN": (b'{"model":"m","messages":[],"top_p":NaN}', 400),
    "digits": (b'{"model":' + b"9" * 5000 + b"}", 400),
    "brackets": (b"[" * 100_000, 400),
    "deep": (b'{"model":"m","messages":' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400),
    "half a character": (asking(needing({"enum": ["\ud800"]}), model="\ud800"), 200),
    "content": (saying([{"role": "user", "content": [1, None, {}]}]), 200),
    "calls": (saying([{"role": "assistant", "tool_calls": [1, {"function": "x"}]}]), 200),
    "no schema": (asking({"type": 5, "properties": [1], "required": 3, "anyOf": 5}), 400),
    "no list": (asking([]), 400),
    "odd required": (asking({"type": "object", "required": [1, None, {}]}), 400),
    "odd length": (asking(needing({**TEXT, "minLength": "x", "maxLength": {}})), 200),
    "length 2.0": (asking(needing({**TEXT, "minLength": 9.0})), 200),
    "many items": (asking(needing({"type": "array", "minItems": 10**9, "items": TEXT})), 400),
    "long text": (asking(needing({**TEXT, "minLength": 10**9})), 400),
    "refers to itself": (asking(needing({"$ref": "#"})), 200),
    "laughs in anyOf": (asking(one_of_two(40, "anyOf")), 200),
    "laughs in allOf": (asking(one_of_two(40, "allOf")), 200),
    "laughs in members": (asking(one_of_two(40, "properties")), 400),
    "fences": (asking({}, "exactly these arguments" * 20_000 + "```\n" * 20_000), 200),
    "openings": (asking({}, "exactly these arguments ```json\n" * 20_000), 200),
    "numbers": (asking({}, "1. " * 200_000), 200),
    "quotes": (asking({}, 'Call the tool "' * 100_000), 200),
    "many tools": (asking({}, "call " * 50_000, count=20_000), 400),
    "wide": (
        asking(WIDE, ARGUMENTS.replace("{}", MANY), model="fault:object-as-json-string"),
        200,
    ),
}


@pytest.fixture(scope="module")
def endpoint():
    app = server.build_app()
    # What the application raises reaches the test.
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://simulator")


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_is_answered_or_refused(endpoint: httpx.AsyncClient, name: str) -> None:
    body, status = BODIES[name]
    began = time.process_time()
    reply = await endpoint.post(CHAT, content=body)
    # Processor time; about 0.3 s on an idle machine.
    assert time.process_time() - began < 3
    assert (reply.status_code, "error" in reply.json()) == (status, status == 400)


@pytest.mark.parametrize("path", [CHAT, "/v1/responses", "/v1/messages"])
@pytest.mark.parametrize(
    "messages", [5, None, "x", [5], [None], [{"type": []}], [{"type": 5}], [{"content": ["x", 1]}]]
)
async def test_a_conversation_is_answered_or_refused(
    endpoint: httpx.AsyncClient, path: str, messages: Any
) -> None:
    reply = await endpoint.post(path, content=saying(messages))
    assert reply.status_code in (200, 400)
    assert ("error" in reply.json() and bool(reply.json()["error"])) is (reply.status_code == 400)


async def test_a_broken_schema_is_named(endpoint: httpx.AsyncClient) -> None:
    reply = await endpoint.post(CHAT, content=BODIES["no schema"][0])
    error = reply.json()["error"]
    assert error["message"].startswith("tools: the schema of 'f': /") and error["type"]


async def test_a_mistake_of_our_own_has_the_shape_of_an_error(
    endpoint: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def respond(*_: Any) -> Any:
        raise ZeroDivisionError("made up")

    monkeypatch.setattr(server, "respond", respond)
    reply = await endpoint.post(CHAT, content=asking({}))
    assert reply.status_code == 500
    assert "the simulator's own" in reply.json()["error"]["message"]


async def test_a_request_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BODY_SECONDS", 0.05)
    app = server.build_app()
    sent: list[Any] = []

    async def receive() -> Any:
        if not sent:
            await server.asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": CHAT, "raw_path": CHAT.encode()}
    await app({**scope, "headers": [], "query_string": b"", "root_path": ""}, receive, send)
    assert sent[0]["status"] == 408
    assert "in time" in json.loads(sent[1]["body"])["error"]["message"]


async def test_a_client_that_hangs_up_within_its_request_is_no_error_of_ours() -> None:
    pieces = [{"type": "http.request", "body": b"{", "more_body": True}]
    sent: list[Any] = []

    async def receive() -> Any:
        return pieces.pop() if pieces else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": CHAT, "raw_path": CHAT.encode()}
    about = {"headers": [], "query_string": b"", "root_path": ""}
    await server.build_app()({**scope, **about}, receive, send)
    assert sent[-1]["body"] == b""


@needs.proc
def test_an_endless_body_is_refused_and_not_kept() -> None:
    with start() as simulator:
        address = urlsplit(simulator.base_url)
        before = _memory(simulator.pid)
        with socket.create_connection((str(address.hostname), address.port or 0)) as connection:
            connection.settimeout(20)
            head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\ncontent-length: {2**31}\r\n\r\n"
            connection.sendall(head.encode())
            sent, answer = 0, b""
            try:
                while sent < 512:
                    connection.sendall(b"x" * 2**20)
                    sent += 1
                answer = connection.recv(100)
            except OSError:
                pass  # it hung up, as it should
        assert sent < 512 or answer.startswith(b"HTTP/1.1 413")
        assert _memory(simulator.pid) - before < 64 * 1024
        # Whoever comes next is answered.
        assert httpx.get(simulator.base_url + "/models").status_code == 200


@needs.proc
def test_an_endless_header_is_hung_up_on() -> None:
    with start() as simulator:
        address = urlsplit(simulator.base_url)
        before = _memory(simulator.pid)
        with socket.create_connection((str(address.hostname), address.port or 0)) as connection:
            connection.settimeout(20)
            connection.sendall(b"GET /v1/models HTTP/1.1\r\nx: ")
            with pytest.raises(OSError):
                for _ in range(256):
                    connection.sendall(b"y" * 2**20)
        assert _memory(simulator.pid) - before < 16 * 1024
        large = {"x-large": "y" * 30_000}
        assert httpx.get(simulator.base_url + "/models", headers=large).status_code == 200


def test_a_large_body_is_refused_as_the_sdks_expect() -> None:
    with start() as simulator:
        large = "x" * server.MOST_BODY
        url, key = simulator.base_url, "none"
        chat = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
        claude = anthropic.Anthropic(base_url=url.removesuffix("/v1"), api_key=key, max_retries=0)
        message = {"role": "user", "content": large}
        with pytest.raises(openai.APIStatusError) as first:
            chat.responses.create(model="m", input=large)
        with pytest.raises(anthropic.APIStatusError) as second:
            claude.messages.create(model="m", max_tokens=9, messages=[message])
    for raised in (first, second):
        assert raised.value.status_code == 413
        assert "8 MiB" in str(raised.value)


def _memory(pid: int) -> int:
    """Peak KiB of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
