"""Converse replies as bytes: what is read of them, and what a user of boto3 gets."""

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.effort import MOST_PARTS
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.formats import wire_format
from toolfuzz.formats.bedrock_converse import clients
from toolfuzz.formats.bedrock_converse.eventstream import write
from toolfuzz.formats.bedrock_converse.framing import show
from toolfuzz.report.html.body import pieces

FORMAT = wire_format("bedrock-converse")
ENDING: list[tuple[str, Any]] = [
    ("messageStop", {"stopReason": "tool_use"}),
    (
        "metadata",
        {
            "usage": {"inputTokens": 7, "outputTokens": 9, "totalTokens": 16},
            "metrics": {"latencyMs": 12},
        },
    ),
]


def framed(*events: tuple[str, Any], headers: dict[str, str] | None = None) -> bytes:
    """Return events as the service sends them."""
    return b"".join(
        write(
            {
                ":event-type": name,
                ":content-type": "application/json",
                ":message-type": "event",
                **(headers or {}),
            },
            json.dumps(data).encode(),
        )
        for name, data in events
    )


def opened(index: int, name: str, use_id: str = "tooluse_a") -> tuple[str, Any]:
    use = {"toolUseId": use_id, "name": name}
    return "contentBlockStart", {"start": {"toolUse": use}, "contentBlockIndex": index}


def piece(index: int, text: Any) -> tuple[str, Any]:
    delta = {"toolUse": {"input": text}}
    return "contentBlockDelta", {"delta": delta, "contentBlockIndex": index}


def prose(index: int, delta: Any) -> tuple[str, Any]:
    return "contentBlockDelta", {"delta": delta, "contentBlockIndex": index}


def closed(index: int) -> tuple[str, Any]:
    return "contentBlockStop", {"contentBlockIndex": index}


START = ("messageStart", {"role": "assistant", "p": "abcdefghij"})


def attempt(body: bytes, status: int = 200) -> Attempt:
    return Attempt(0.0, 1.0, 1.0, status, {"content-type": "x"}, ((1.0, body),))


def read(body: bytes, *, stream: bool, status: int = 200) -> Reply:
    return FORMAT.read(attempt(body, status), stream=stream)


def plain(**changes: Any) -> bytes:
    message = {
        "role": "assistant",
        "content": [{"toolUse": {"toolUseId": "tooluse_a", "name": "f", "input": {"a": 1}}}],
    }
    reply = {
        "output": {"message": message},
        "stopReason": "tool_use",
        "usage": {"inputTokens": 7, "outputTokens": 9, "totalTokens": 16},
        "metrics": {"latencyMs": 12},
    }
    return json.dumps(reply | changes).encode()


def message(*content: Any) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": list(content)}}


def test_a_plain_reply() -> None:
    reply = read(plain(), stream=False)
    (call,) = reply.calls
    assert (call.id, call.name, call.arguments_raw) == ("tooluse_a", "f", '{"a":1}')
    assert call.where == "$.output.message.content[0]"
    assert (reply.finish_reason, reply.finish) == ("tool_use", "tool_calls")
    assert reply.usage is not None
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (7, 9)
    assert reply.api == "bedrock-converse"
    assert reply.ended
    assert not reply.problems


def test_text_reasoning_and_what_must_come_back_as_it_came() -> None:
    thought = {"reasoningText": {"text": "hmm", "signature": "c2ln"}}
    hidden = {"redactedContent": base64.b64encode(b"\x00secret").decode()}
    content = [
        {"reasoningContent": thought},
        {"reasoningContent": hidden},
        {"text": "Let me "},
        {"text": "see."},
        {"citationsContent": {"content": []}},
    ]
    reply = read(plain(output=message(*content), stopReason="end_turn"), stream=False)
    assert (reply.text, reply.reasoning, reply.finish) == ("Let me see.", "hmm", "stop")
    assert list(reply.extra) == content
    assert reply.places == ()
    assert not reply.calls
    assert not reply.problems


def test_a_tool_that_the_service_ran_itself_is_no_call() -> None:
    use = {"toolUseId": "t", "name": "web", "input": {}, "type": "server_tool_use"}
    assert not read(plain(output=message({"toolUse": use})), stream=False).calls
    body = framed(
        START,
        ("contentBlockStart", {"start": {"toolUse": use}, "contentBlockIndex": 0}),
        piece(0, "{}"),
        closed(0),
        *ENDING,
    )
    streamed = read(body, stream=True)
    assert not streamed.fragments
    assert not streamed.problems
    for client in FORMAT.clients:
        whole = plain(output=message({"toolUse": use}))
        assert list(client.read(attempt(body if client.stream else whole))) == []


@pytest.mark.parametrize(
    ("value", "raw", "other"),
    [({}, "{}", None), ("{}", None, "{}"), (None, None, None), ([1], None, [1])],
)
def test_arguments_are_unrepaired(value: Any, raw: str | None, other: Any) -> None:
    use = {"toolUseId": "t", "name": "f", "input": value}
    (call,) = read(plain(output=message({"toolUse": use})), stream=False).calls
    assert (call.arguments_raw, call.arguments, call.has_arguments) == (raw, other, True)


def test_number_spellings_and_double_keys_are_kept() -> None:
    body = plain().replace(b'{"a": 1}', b'{"a": 1e2, "a": 5}')
    (call,) = read(body, stream=False).calls
    assert call.arguments_raw == '{"a":1e2,"a":5}'


def test_a_stream() -> None:
    body = framed(
        START,
        prose(0, {"reasoningContent": {"text": "h"}}),
        prose(0, {"reasoningContent": {"text": "mm"}}),
        prose(0, {"reasoningContent": {"signature": "c2ln"}}),
        closed(0),
        prose(1, {"text": "Let me "}),
        prose(1, {"text": "see."}),
        closed(1),
        opened(2, "f"),
        piece(2, '{"a"'),
        piece(2, ":1}"),
        closed(2),
        *ENDING,
    )
    reply = read(body, stream=True)
    assert [(f.kind, f.slot, f.id, f.name, f.arguments) for f in reply.fragments] == [
        ("open", 2, "tooluse_a", "f", None),
        ("delta", 2, None, None, '{"a"'),
        ("delta", 2, None, None, ":1}"),
        ("close", 2, None, None, None),
    ]
    assert reply.fragments[0].keys == ("index", "id", "name")
    assert (reply.text, reply.reasoning) == ("Let me see.", "hmm")
    assert reply.extra == (
        {"reasoningContent": {"reasoningText": {"text": "hmm", "signature": "c2ln"}}},
        {"text": "Let me see."},
    )
    assert (reply.finish, reply.ended) == ("tool_calls", True)
    assert not reply.problems
    for client in FORMAT.clients:
        if client.stream:
            assert list(client.read(attempt(body))) == [("f", {"a": 1})]


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("guardrail_intervened", "refusal"),
        ("content_filtered", "refusal"),
    ],
)
def test_stop_reasons(reason: str, meaning: str) -> None:
    assert read(plain(stopReason=reason), stream=False).finish == meaning
    body = framed(START, ("messageStop", {"stopReason": reason}))
    assert read(body, stream=True).finish == meaning


def test_every_stop_reason_of_the_service_is_known() -> None:
    import boto3

    client = boto3.client("bedrock-runtime", region_name="us-east-1")
    shape = client.meta.service_model.operation_model("Converse").output_shape
    reasons = shape.members["stopReason"].enum
    broken = {"malformed_tool_use", "malformed_model_output"}
    for reason in set(reasons) - broken:
        assert read(plain(stopReason=reason), stream=False).finish != "other", reason
    assert broken < set(reasons)


def test_what_boto3_reads_hangs_on_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token of Bedrock's, as the pages name it, wants https, which recorded bytes don't have."""
    clients._recorded_client.cache_clear()
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key")
    reader = next(client for client in FORMAT.clients if not client.stream)
    assert list(reader.read(attempt(plain()))) == [("f", {"a": 1})]


@pytest.mark.parametrize("kind", ["exception", "error"])
def test_an_exception_in_a_stream_is_its_error(kind: str) -> None:
    headers = {":message-type": kind}
    if kind == "error":
        headers |= {":error-code": "throttlingException", ":error-message": "Too many"}
    else:
        headers[":exception-type"] = "throttlingException"
    payload = b'{"message":"Too many"}' if kind == "exception" else b""
    body = framed(START) + write(headers, payload)
    reply = read(body, stream=True)
    assert reply.error == {"type": "throttlingException", "message": "Too many"}
    assert not reply.ended
    assert {p.law for p in reply.problems} == {"last"}
    with pytest.raises(Exception, match=r"throttlingException.*Too many"):
        list(next(c for c in FORMAT.clients if c.stream).read(attempt(body)))


def test_an_http_error() -> None:
    reply = read(b'{"message":"The model ID is wrong"}', stream=True, status=400)
    assert reply.error == {"message": "The model ID is wrong"}
    with pytest.raises(Exception, match="The model ID is wrong"):
        list(FORMAT.clients[0].read(attempt(b'{"message":"The model ID is wrong"}', 400)))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda b: b[:-3], "frame"),
        (lambda b: b[:-1] + bytes([b[-1] ^ 1]), "frame"),
        (lambda b: b"", "frame"),
        (lambda b: b + b"data: [DONE]\n\n", "frame"),
        (lambda b: b'{"output":{}}', "not-sse"),
        (lambda b: b + framed(closed(9), headers={":message-type": "?"}), "frame"),
        (lambda b: b + framed(("", {})), "frame"),
        (lambda b: b + write({":message-type": "event", ":event-type": "x"}, b"\xff"), "not-utf8"),
        (lambda b: b + write({":message-type": "event", ":event-type": "x"}, b"{"), "not-json"),
        (lambda b: b + write({":message-type": "event", ":event-type": "x"}, b"[]"), "envelope"),
    ],
)
def test_what_is_wrong_with_the_frames_is_a_problem(change: Any, kind: str) -> None:
    body = change(framed(START, opened(0, "f"), piece(0, "{}"), closed(0), *ENDING))
    assert kind in {p.kind for p in read(body, stream=True).problems}


def test_a_stream_that_opens_block_after_block_is_read_in_one_go() -> None:
    began = time.process_time()
    body = framed(START, *(opened(n, "f") for n in range(MOST_PARTS)))
    assert len(read(body, stream=True).fragments) == MOST_PARTS
    assert time.process_time() - began < 8
    more = read(body + framed(opened(MOST_PARTS, "f")), stream=True)
    assert more.transport_error == "TooManyParts: more than 10,000 calls or blocks in one reply"


def test_people_are_shown_events_not_bytes() -> None:
    whole = framed(START, piece(0, '{"a"'))
    assert show(whole).splitlines() == [
        'event messageStart {"role": "assistant", "p": "abcdefghij"}',
        'event contentBlockDelta {"delta": {"toolUse": {"input": "{\\"a\\""}}, '
        '"contentBlockIndex": 0}',
    ]
    assert "# the last message is cut off" in show(whole[:-1])


def test_reports_show_events_not_bytes() -> None:
    body = framed(START, *[piece(0, "x" * 500)] * 60)
    assert FORMAT.show(body) == show(body)
    shown = list(pieces(attempt(body), FORMAT))
    text = "".join(str(part.text) for part in shown)
    assert text.startswith("event messageStart {")
    assert any(part.gap for part in shown), "the middle of a long one is left out"
    assert "content-type" not in text
    plain_text = "".join(str(part.text) for part in pieces(attempt(plain()), FORMAT))
    assert plain_text.startswith("{")
    assert FORMAT.show(plain()) == plain().decode()


_keys = st.sampled_from(
    [
        *("output", "message", "content", "toolUse", "text", "stopReason", "usage", "name"),
        *("toolUseId", "start", "delta", "contentBlockIndex", "reasoningContent", "input"),
        *("reasoningText", "signature"),
    ]
)
_bodies = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "tool_use"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                _keys,
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)
_names = st.sampled_from(
    [
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
        "somethingNew",
    ]
)


@given(_bodies, st.booleans())
def test_no_body_makes_it_raise(body: bytes, stream: bool) -> None:
    read(body, stream=stream)


@given(st.lists(st.tuples(_names, _bodies), max_size=5))
def test_no_payload_makes_it_raise(events: list[tuple[str, bytes]]) -> None:
    headers = {":message-type": "event", ":content-type": "application/json"}
    body = b"".join(write({**headers, ":event-type": name}, data) for name, data in events)
    read(body, stream=True)
    show(body)
