"""Faults of HTTP, over real sockets, as the official SDKs with their own retries take them."""

import json
import time
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.simulate.faults.registry import find, http_faults, where
from toolfuzz.simulate.profiles import check_profile, profile_named
from toolfuzz.simulate.thread import Server, in_thread

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"name": "get_weather", "parameters": SCHEMA}
SAID: Any = [{"role": "user", "content": 'Call get_weather with {"city": "Paris"}'}]
CALLED = {"city": "Paris"}
PATIENT = 30.0
QUICK = 0.8
"""Seconds without a byte until a client gives up, where it should."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with in_thread() as running:
        yield running


def chat(server: Server, *, stream: bool, timeout: float = PATIENT) -> Any:
    tools: Any = [{"type": "function", "function": TOOL}]
    with openai.OpenAI(base_url=server.url, api_key="k", timeout=timeout) as client:
        create = client.chat.completions.create
        if not stream:
            reply = create(model="m", messages=SAID, tools=tools)
            (call,) = reply.choices[0].message.tool_calls or ()
            return json.loads(call.function.arguments)  # type: ignore[union-attr]
        chunks = create(model="m", messages=SAID, tools=tools, stream=True)
        deltas = [d for c in chunks for d in (c.choices and c.choices[0].delta.tool_calls) or ()]
        return json.loads("".join(d.function.arguments or "" for d in deltas if d.function))


def messages(server: Server, *, stream: bool, timeout: float = PATIENT) -> Any:
    tools: Any = [{"name": "get_weather", "input_schema": SCHEMA}]
    asked: Any = {"model": "m", "max_tokens": 500, "messages": SAID, "tools": tools}
    with anthropic.Anthropic(base_url=server.origin, api_key="k", timeout=timeout) as client:
        if not stream:
            return client.messages.create(**asked).content[0].input
        with client.messages.stream(**asked) as events:
            return events.get_final_message().content[0].input  # type: ignore[union-attr]


CLIENTS = {"openai": chat, "anthropic": messages}
SENT: dict[str, list[int | None]] = {
    "http-429": [429, 200],
    "http-500": [500, 200],
    "http-503": [503, 200],
    "http-529": [529, 200],
    "http-drop": [None, 200],
}


@pytest.mark.parametrize(
    ("client", "fault"),
    [*(("openai", fault) for fault in SENT), ("anthropic", "http-429"), ("anthropic", "http-529")],
)
def test_what_fails_before_an_answer_is_asked_again(
    server: Server, client: str, fault: str
) -> None:
    stream = fault in ("http-429", "http-drop")
    server.use(script=[{"fault": fault, "seconds": 0.3}])
    started = time.perf_counter()
    assert CLIENTS[client](server, stream=stream) == CALLED
    assert [asked.status for asked in server.requests] == SENT[fault]
    if fault == "http-429":
        assert time.perf_counter() - started >= 0.3  # it waits as long as Retry-After says


@pytest.mark.parametrize("client", CLIENTS)
def test_who_is_not_answered_asks_again(server: Server, client: str) -> None:
    server.use("fault:http-hang~1")
    started = time.perf_counter()
    assert CLIENTS[client](server, stream=False, timeout=QUICK) == CALLED
    assert time.perf_counter() - started >= QUICK
    assert [asked.faults for asked in server.requests][:2] == [("http-hang",), ()]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_wrong_key_is_not_asked_again(server: Server, client: str) -> None:
    server.use("fault:http-401")
    sdk = {"openai": openai, "anthropic": anthropic}[client]
    with pytest.raises(sdk.AuthenticationError):
        CLIENTS[client](server, stream=False)
    assert [asked.status for asked in server.requests] == [401]


@pytest.mark.parametrize(
    ("fault", "client", "error"),
    [
        ("http-cut", "openai", openai.APIConnectionError),
        ("http-cut", "anthropic", httpx2.RemoteProtocolError),
        ("http-stall", "openai", openai.APITimeoutError),
        ("http-stall", "anthropic", httpx2.ReadTimeout),
    ],
)
def test_a_stream_that_breaks_off_raises(
    server: Server, fault: str, client: str, error: type[Exception]
) -> None:
    """Anthropic's SDK lets its HTTP library's own error through."""
    server.use(f"fault:{fault}")
    with pytest.raises(error):
        CLIENTS[client](server, stream=True, timeout=PATIENT if fault == "http-cut" else QUICK)
    assert [asked.status for asked in server.requests] == [200]


def test_a_plain_reply_that_is_cut_is_asked_again(server: Server) -> None:
    server.use("fault:http-cut~1")
    assert chat(server, stream=False) == CALLED
    assert [asked.faults for asked in server.requests] == [("http-cut",), ()]


def test_a_wrong_base_url_is_said(server: Server) -> None:
    server.use()
    lost = httpx.post(f"{server.origin}/chat/completions", json={})
    assert lost.status_code == 404
    assert "/v1/chat/completions" in lost.json()["error"]["message"]
    assert server.requests[0].line.startswith("openai-chat: 404 nothing is served at")


def post(server: Server, path: str = "/chat/completions", **changed: Any) -> httpx.Response:
    tools = [{"type": "function", "function": TOOL}]
    body = {"model": "m", "messages": SAID, "tools": tools, **changed}
    return httpx.post(server.url + path, json=body, timeout=5)


def test_late_and_slow(server: Server) -> None:
    for fault in ("http-late", "http-slow"):
        server.use(script=[{"fault": fault, "seconds": 0.4}])
        began = time.perf_counter()
        with httpx.stream(
            "POST", f"{server.url}/chat/completions", json={"model": "m", "messages": SAID}
        ) as reply:
            head = time.perf_counter() - began
            json.loads(reply.read())
        assert time.perf_counter() - began >= 0.35
        assert (head >= 0.4) == (fault == "http-late")


def test_a_refusal_has_the_look_of_its_format(server: Server) -> None:
    server.use("fault:http-429")
    headers = post(server).headers
    assert (headers["retry-after"], headers["x-toolfuzz-fault"]) == ("1", "http-429")
    assert post(server).json()["error"]["code"] == "rate_limit_exceeded"
    path, asked = "/messages", {"max_tokens": 9, "tools": []}
    assert post(server, path, **asked).json()["error"]["type"] == "rate_limit_error"


def test_faults_of_some_requests(server: Server) -> None:
    server.use("fault:http-500~2-3+no-call~5-")
    assert [post(server).status_code for _ in range(6)] == [200, 500, 500, 200, 200, 200]
    assert [asked.faults for asked in server.requests][3:] == [(), ("no-call",), ("no-call",)]
    assert [asked.number for asked in server.requests] == [1, 2, 3, 4, 5, 6]


def test_a_fault_of_replies_and_one_of_http_together(server: Server) -> None:
    server.use("fault:args-truncated+http-slow")
    server.use(script=[{"fault": ["args-truncated", "http-late"], "seconds": 0.1}])
    assert post(server).headers["x-toolfuzz-fault"] == "http-late,args-truncated"


def test_a_fault_that_has_no_place_says_so(server: Server) -> None:
    server.use("fault:stream-tail-lost+object-as-json-string")
    missed = post(server).headers["x-toolfuzz-fault-missed"]
    assert missed == (
        "stream-tail-lost: it can occur only in streams of anthropic-messages, bedrock-converse, "
        "openai-chat, openai-responses; "
        "object-as-json-string: this reply has nothing that it could change"
    )
    assert [slug for slug, _ in server.requests[0].missed] == [
        "stream-tail-lost",
        "object-as-json-string",
    ]
    assert "x-toolfuzz-fault-missed" not in post(server, model="glm-4.7").headers


def test_where_faults_can_occur() -> None:
    assert where(find("no-call")) == ""
    assert where(find("stream-no-finish")) == "streams"
    assert where(find("history-args-erased")).endswith("from the second turn on")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fault:http-42", "http-429"),
        ("fault:no-cal", "no-call"),
        ("fault:no-call~0", "which requests"),
        ("fault:no-call~3-2", "which requests"),
        ("fault:no-call@2", "probability"),
        ("http-429", "say fault:http-429"),
        ("args-truncated", "say fault:args-truncated"),
    ],
)
def test_mistakes_in_names(name: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        check_profile(name)
    assert told in f"{error.value.message} {error.value.hint}"


def test_strategies_have_no_faults_of_http() -> None:
    with pytest.raises(UsageError, match="a fault of HTTP, not of what a reply says"):
        find("http-cut")


def test_every_fault_of_http_says_what_it_does() -> None:
    assert len(http_faults()) >= 10
    assert all(fault.help.endswith(".") for fault in http_faults().values())
    profile = profile_named("fault:http-429+no-call")
    assert profile is not None
    assert profile.faults == ("http-429", "no-call")
