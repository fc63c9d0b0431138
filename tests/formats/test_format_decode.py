"""Bytes in, Reply out: tables per wire format, then what must hold for any bytes."""

import itertools
import json
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from toolfuzz import formats
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Fragment, Reply, ToolCall, Usage
from toolfuzz.formats import format_names, wire_format

CHAT, RESPONSES, MESSAGES = "openai-chat", "openai-responses", "anthropic-messages"


def attempt_of(body, status=200, error=None):
    body = body.encode() if isinstance(body, str) else body
    return Attempt(0.0, 1.0, 2.0, status, {}, ((1.0, body),), error)


def read(name, attempt, *, stream):
    """What the reader says; what the laws say has tests of its own."""
    reply = wire_format(name).read(attempt, stream=stream)
    return structs.replace(reply, problems=tuple(p for p in reply.problems if p.kind != "law"))


def plain(name, body, **more):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return read(name, attempt_of(text, **more), stream=False)


def streamed(name, *events, done=None, **more):
    lines = []
    for event in events:
        if name == MESSAGES:
            lines.append(f"event: {event['type']}\n")
        lines.append(f"data: {json.dumps(event)}\n\n")
    if name == CHAT and done is not False:
        lines.append("data: [DONE]\n\n")
    return read(name, attempt_of("".join(lines), **more), stream=True)


def kinds(reply):
    return [p.kind for p in reply.problems]


# --- chat, plain


def chat(message=None, finish="stop", **more):
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        **more,
    }


def tool_call(arguments='{"a": 1}', **more):
    function = {"name": "f", "arguments": arguments}
    return {"id": "call_1", "type": "function", "function": function, **more}


def test_chat_plain():
    message = {
        "role": "assistant",
        "content": "Sure.",
        "reasoning_content": "Hm.",
        "tool_calls": [tool_call('{"a":  1.0}'), tool_call("{}", id="call_2")],
    }
    where = "$.choices[0].message.tool_calls"
    assert plain(CHAT, chat(message, "tool_calls")) == Reply(
        CHAT,
        False,
        200,
        text="Sure.",
        reasoning="Hm.",
        calls=(
            ToolCall("call_1", "f", '{"a":  1.0}', where=f"{where}[0]"),
            ToolCall("call_2", "f", "{}", where=f"{where}[1]"),
        ),
        finish_reason="tool_calls",
        finish="tool_calls",
        usage=Usage(10, 5),
        model="m",
        chunk_ids=("chatcmpl-1",),
    )


@pytest.mark.parametrize(
    ("sent", "raw", "value", "present"),
    [
        ({"arguments": '{"a": 1}'}, '{"a": 1}', None, True),
        ({"arguments": ""}, "", None, True),
        ({"arguments": {"a": 1}}, None, {"a": 1}, True),
        ({"arguments": None}, None, None, True),
        ({"arguments": 5}, None, 5, True),
        ({}, None, None, False),
    ],
)
def test_chat_arguments_unrepaired(sent, raw, value, present):
    call = {"id": "c", "type": "function", "function": {"name": "f", **sent}}
    [found] = plain(CHAT, chat({"tool_calls": [call]})).calls
    assert (found.arguments_raw, found.arguments, found.has_arguments) == (raw, value, present)


@pytest.mark.parametrize(
    ("message", "problems"),
    [
        ({"content": None, "tool_calls": [tool_call()]}, []),
        ({"content": "", "tool_calls": None}, []),
        ({"content": "x", "tool_calls": []}, []),
        ({"content": [{"type": "text", "text": "x"}]}, ["bad-field"]),
        ({"content": 5}, ["bad-field"]),
        ({"tool_calls": [tool_call(type=None)]}, ["call-type"]),
        ({"tool_calls": [tool_call(type="tool")]}, ["call-type"]),
        ({"tool_calls": tool_call()}, ["bad-field"]),
        ({"tool_calls": ["f()"]}, ["bad-field"]),
        ({"tool_calls": [tool_call(id=7)]}, ["bad-field"]),
        ({"tool_calls": [{"id": "c", "type": "function", "name": "f"}]}, ["envelope"]),
        ({"tool_calls": [{"id": "c", "type": "function", "function": "f"}]}, ["bad-field"]),
        (None, ["envelope"]),
        ("hello", ["envelope"]),
    ],
)
def test_chat_wire_problems(message, problems):
    assert kinds(plain(CHAT, chat(message))) == problems


def test_chat_content_parts_are_text():
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]
    assert plain(CHAT, chat({"content": parts})).text == "ab"


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("content_filter", "refusal"),
        ("MALFORMED_FUNCTION_CALL", "other"),
        ("end_turn", "other"),
        (None, None),
    ],
)
def test_chat_finish(reason, finish):
    reply = plain(CHAT, chat({"content": "x"}, reason))
    assert (reply.finish_reason, reply.finish) == (reason, finish)
    delta = {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
    assert streamed(CHAT, delta).finish == finish


def test_chat_refusal_and_legacy():
    refused = plain(CHAT, chat({"content": None, "refusal": "I can't."}))
    assert (refused.text, refused.finish) == ("I can't.", "refusal")
    legacy = plain(CHAT, chat({"content": None, "function_call": {"name": "f", "arguments": "{}"}}))
    assert legacy.calls == (ToolCall(None, "f", "{}", where="$.choices[0].message.function_call"),)


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ("", ["not-json"]),
        ("<html>", ["not-json"]),
        ('{"choices": [', ["not-json"]),
        ("[]", ["envelope"]),
        ("null", ["envelope"]),
        ("{}", ["envelope"]),
        ('{"choices": []}', ["envelope"]),
        ('{"choices": {}}', ["envelope", "envelope"]),
        ('{"choices": [5]}', ["bad-field", "envelope"]),
        (b'{"choices": [{"message": {"content": "\xff"}}]}', ["not-utf8"]),
        ("[" * 100_000, ["not-json"]),
        ({"data": chat({"content": "x"}), "success": True}, ["envelope"]),
        ('{"choices":[{"index":1,"message":{"content":"x"}}]}', ["choice-index"]),
        ({"error": {"message": "overloaded"}}, []),
    ],
)
def test_chat_bodies(body, problems):
    assert kinds(plain(CHAT, body)) == problems


def test_a_wrapped_reply_is_still_read():
    reply = plain(CHAT, {"data": chat({"content": "x"}), "success": True})
    assert (reply.text, reply.problems[0].where) == ("x", "$.data")


@pytest.mark.parametrize("name", format_names())
def test_error_bodies(name):
    assert plain(name, {"error": {"code": 1}}, status=400).error == {"code": 1}
    assert plain(name, [{"error": {"code": 1}}], status=400).error == {"code": 1}
    assert plain(name, {"detail": "no"}, status=404).error == {"detail": "no"}
    assert plain(name, "<html>", status=502).error == "<html>"
    assert plain(name, {"error": {"code": 1}}).error == {"code": 1}
    assert not plain(name, "<html>", status=502).problems
    nobody = wire_format(name).read(
        Attempt(0, None, 1, None, {}, (), "ConnectError: x"), stream=True
    )
    assert (nobody.transport_error, nobody.status, nobody.ended) == ("ConnectError: x", None, False)


# --- chat, streamed


def delta(fields, finish=None, **more):
    choice = {"index": 0, "delta": fields, "finish_reason": finish}
    return {"id": "chatcmpl-1", "model": "m", "choices": [choice], **more}


def test_chat_stream():
    first = {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": "f", "arguments": ""},
    }
    reply = streamed(
        CHAT,
        delta({"role": "assistant", "content": None}),
        delta({"reasoning": "Hm."}),
        delta({"content": "Su"}),
        delta({"content": "re."}),
        delta({"tool_calls": [first]}),
        delta({"tool_calls": [{"index": 0, "function": {"arguments": '{"a":'}}]}),
        delta({"tool_calls": [{"index": 0, "id": None, "function": {"arguments": "1}"}}]}),
        delta({}, "tool_calls"),
        {"id": "chatcmpl-1", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
    )
    assert reply == Reply(
        CHAT,
        True,
        200,
        text="Sure.",
        reasoning="Hm.",
        fragments=(
            Fragment(
                4, "delta", 0, "call_1", "f", "",
                ("index", "id", "type", "name", "arguments"), type="function",
            ),
            Fragment(5, "delta", 0, arguments='{"a":', keys=("index", "arguments")),
            Fragment(6, "delta", 0, arguments="1}", keys=("index", "id", "arguments")),
        ),
        finish_reason="tool_calls",
        finish="tool_calls",
        usage=Usage(3, 4),
        model="m",
        chunk_ids=("chatcmpl-1",),
        extra=({"reasoning": "Hm."},),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("call", "slot", "keys", "problems"),
    [
        ({"index": None, "function": {"name": "f"}}, None, ("index", "name"), []),
        ({"function": {"arguments": ""}}, None, ("arguments",), []),
        ({"index": "0", "function": {}}, None, ("index",), ["bad-field"]),
        ({"index": True, "function": {}}, None, ("index",), ["bad-field"]),
        ({"index": 1, "id": "", "type": "", "function": {"name": None}}, 1,
         ("index", "id", "type", "name"), []),
        ({"index": 0, "type": "tool"}, 0, ("index", "type"), ["call-type"]),
        ({"index": 0, "name": "f", "arguments": "{}"}, 0, ("index", "name", "arguments"),
         ["envelope"]),
        ({"index": 0, "function": {"arguments": {"a": 1}}}, 0, ("index", "arguments"), []),
    ],
)  # fmt: skip
def test_chat_fragments_keep_absent_null_and_empty_apart(call, slot, keys, problems):
    reply = streamed(CHAT, delta({"tool_calls": [call]}))
    [fragment] = reply.fragments
    assert (fragment.slot, fragment.keys) == (slot, keys)
    assert kinds(reply) == problems


def test_chat_stream_oddities():
    assert not streamed(CHAT, delta({}), done=False).ended
    late = streamed(CHAT, delta({}, "stop"), delta({"tool_calls": [tool_call(index=0)]}))
    assert kinds(late) == ["event-order"]
    varied = streamed(CHAT, delta({}, id="a"), delta({}, id="b"), delta({}, id="a"))
    assert varied.chunk_ids == ("a", "b")
    pieces = [{"name": "f", "arguments": "{"}, {"arguments": "}"}]
    old = streamed(CHAT, *(delta({"function_call": p}) for p in pieces))
    assert old.legacy == ToolCall(None, "f", "{}", where="function_call")
    broken = streamed(CHAT, delta({"content": "x"}), {"error": {"message": "boom"}}, done=False)
    assert (broken.error, broken.text, broken.problems) == ({"message": "boom"}, "x", ())
    message = {"choices": [{"index": 0, "message": {"content": "x"}}]}
    assert kinds(streamed(CHAT, message)) == ["envelope"]


@pytest.mark.parametrize("fields", [{"error": {"message": "boom"}}, {"object": "error"}])
def test_chat_errors_in_other_places(fields):
    reply = streamed(CHAT, fields, done=False)
    assert reply.error and not reply.problems
    inner = chat({"content": ""}, "error")
    inner["choices"][0]["error"] = {"message": "boom"}
    assert plain(CHAT, inner).error == {"message": "boom"}


def stream_of(text, name=CHAT, **more):
    return read(name, attempt_of(text, **more), stream=True)


def test_an_error_event_that_is_all_error():
    reply = stream_of('event: error\ndata: {"message": "boom", "code": "tool_use_failed"}\n\n')
    assert reply.error == {"message": "boom", "code": "tool_use_failed"}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["not-sse"]),
        ("hello", ["not-sse"]),
        (json.dumps(chat({"content": "x"})), ["not-sse"]),
        ("data: {oops}\n\ndata: [DONE]\n\n", ["not-json"]),
        ("data: 5\n\ndata: [DONE]\n\n", ["envelope"]),
        ('data: {"foo": 1}\n\ndata: [DONE]\n\n', ["envelope"]),
        ('data: [DONE]\n\ndata: {"choices": []}\n\n', []),  # a warning: test_judge_wire
        (": ping\n\ndata: [DONE]\n\n", []),
        ("\ufeffdata: [DONE]\n\n", []),
    ],
)
def test_chat_streams_that_are_none(text, problems):
    assert kinds(stream_of(text)) == problems


def test_trouble_in_every_event_does_not_fill_the_journal():
    reply = stream_of("".join(f"data: bad {n}\n\n" for n in range(5000)))
    assert 1 < len(reply.problems) <= 50


def test_a_plain_reply_to_a_stream_request_is_still_read():
    reply = stream_of(json.dumps(chat({"tool_calls": [tool_call()]}, "tool_calls")))
    assert (reply.stream, len(reply.calls), reply.ended) == (True, 1, True)


def test_a_stream_that_broke_off_is_not_called_bad_json():
    text = 'data: {"choices": [{"index": 0, "delta": {"content": "x"}}]}\n\ndata: {"cho'
    reply = stream_of(text, error="ReadError: reset")
    assert (reply.text, reply.problems, reply.ended) == ("x", (), False)
    assert reply.transport_error == "ReadError: reset"


# --- messages


def message(content, stop="end_turn", **more):
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "c",
        "content": content,
        "stop_reason": stop,
        "usage": {"input_tokens": 3, "output_tokens": 4},
        **more,
    }


def test_messages_plain_keeps_tokens_and_duplicate_keys():
    body = json.dumps(message("@", "tool_use")).replace(
        '"@"',
        '[{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Sure."},'
        ' {"type": "tool_use", "id": "t1", "name": "f",'
        ' "input": {"a": 1.0, "b": 1e2, "a": 12345678901234567890}}]',
    )
    assert plain(MESSAGES, body) == Reply(
        MESSAGES,
        False,
        200,
        text="Sure.",
        reasoning="Hm.",
        calls=(
            ToolCall("t1", "f", '{"a":1.0,"b":1e2,"a":12345678901234567890}', where="$.content[2]"),
        ),
        finish_reason="tool_use",
        finish="tool_calls",
        usage=Usage(3, 4),
        model="c",
        chunk_ids=("msg_1",),
    )


def test_messages_input_that_json_forbids_keeps_its_spelling():
    body = json.dumps(message("@")).replace(
        '"@"', '[{"type":"tool_use","id":"t","name":"f","input":{"a":[NaN,-Infinity]}}]'
    )
    assert plain(MESSAGES, body).calls[0].arguments_raw == '{"a":[NaN,-Infinity]}'


@pytest.mark.parametrize(
    ("block", "raw", "value", "present"),
    [
        ({"input": {}}, "{}", None, True),
        ({"input": '{"a": 1}'}, None, '{"a": 1}', True),
        ({"input": [1]}, None, [1], True),
        ({"input": None}, None, None, True),
        ({}, None, None, False),
    ],
)
def test_messages_input_unrepaired(block, raw, value, present):
    use = {"type": "tool_use", "id": "t", "name": "f", **block}
    [call] = plain(MESSAGES, message([use])).calls
    assert (call.arguments_raw, call.arguments, call.has_arguments) == (raw, value, present)


@pytest.mark.parametrize(
    ("stop", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "refusal"),
        ("pause_turn", "other"),
        (None, None),
    ],
)
def test_messages_finish(stop, finish):
    assert plain(MESSAGES, message([], stop)).finish == finish
    end = {"type": "message_delta", "delta": {"stop_reason": stop}}
    assert streamed(MESSAGES, end).finish == finish


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ([], []),
        ([{"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}], []),
        ("hello", ["bad-field"]),
        (None, ["bad-field"]),
        (["hello"], ["bad-field"]),
        ([{"type": "text", "text": 5}], ["bad-field"]),
        ([{"type": "function", "id": "t", "name": "f", "input": {}}], ["call-type"]),
        ([{"type": "tool_use", "id": 5, "name": "f", "input": {}}], ["bad-field"]),
    ],
)
def test_messages_wire_problems(content, problems):
    assert kinds(plain(MESSAGES, message(content))) == problems


def block_start(index, block):
    return {"type": "content_block_start", "index": index, "content_block": block}


def block_delta(index, kind, **fields):
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def block_stop(index):
    return {"type": "content_block_stop", "index": index}


USE = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
START = {"type": "message_start", "message": message([], None)}
END = {
    "type": "message_delta",
    "delta": {"stop_reason": "tool_use"},
    "usage": {"output_tokens": 9},
}
STOP = {"type": "message_stop"}


def test_messages_stream():
    reply = streamed(
        MESSAGES,
        START,
        {"type": "ping"},
        block_start(0, {"type": "thinking", "thinking": ""}),
        block_delta(0, "thinking_delta", thinking="Hm."),
        block_delta(0, "signature_delta", signature="xyz"),
        block_stop(0),
        block_start(1, {"type": "text", "text": ""}),
        block_delta(1, "text_delta", text="Sure."),
        block_stop(1),
        block_start(2, USE),
        block_delta(2, "input_json_delta", partial_json=""),
        block_delta(2, "input_json_delta", partial_json='{"a": 1}'),
        block_stop(2),
        END,
        STOP,
    )
    assert reply == Reply(
        MESSAGES,
        True,
        200,
        text="Sure.",
        reasoning="Hm.",
        fragments=(
            Fragment(
                9, "open", 2, "t1", "f", {},
                ("index", "id", "type", "name", "arguments"), type="tool_use",
            ),
            Fragment(10, "delta", 2, arguments="", keys=("index", "arguments")),
            Fragment(11, "delta", 2, arguments='{"a": 1}', keys=("index", "arguments")),
            Fragment(12, "close", 2, keys=("index",)),
        ),
        finish_reason="tool_use",
        finish="tool_calls",
        usage=Usage(3, 9),
        model="c",
        chunk_ids=("msg_1",),
        extra=(
            {"type": "thinking", "thinking": "Hm.", "signature": "xyz"},
            {"type": "text", "text": "Sure."},
        ),
    )  # fmt: skip


def test_messages_stream_oddities():
    assert not streamed(MESSAGES, START).ended
    error = {"type": "error", "error": {"type": "overloaded_error"}}
    assert streamed(MESSAGES, START, error).error == {"type": "overloaded_error"}
    orphan = streamed(MESSAGES, START, block_delta(0, "input_json_delta", partial_json="{}"), STOP)
    assert kinds(orphan) == ["event-order"]
    assert kinds(streamed(MESSAGES, START, STOP, END)) == ["event-order"]
    assert kinds(streamed(MESSAGES, {"type": "message_start"})) == ["bad-field"]
    text = "".join(f"data: {json.dumps(e)}\n\n" for e in (START, block_start(0, USE), STOP))
    nameless = stream_of(text, MESSAGES)
    assert kinds(nameless) == ["envelope", "envelope", "envelope"]
    assert len(nameless.fragments) == 1
    # A delta after the block's stop is kept in its place: the judge sees the order.
    late = streamed(
        MESSAGES,
        START,
        block_start(0, USE),
        block_stop(0),
        block_delta(0, "input_json_delta", partial_json="{}"),
        STOP,
    )
    assert [f.kind for f in late.fragments] == ["open", "close", "delta"]


# --- responses


def response(output, status="completed", **more):
    return {
        "id": "resp_1",
        "object": "response",
        "model": "m",
        "status": status,
        "output": output,
        "usage": {"input_tokens": 3, "output_tokens": 4},
        **more,
    }


CALL = {
    "type": "function_call",
    "id": "fc_1",
    "call_id": "call_1",
    "name": "f",
    "arguments": '{"a": 1}',
}


def test_responses_plain():
    output = [
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "message", "content": [{"type": "output_text", "text": "Sure."}]},
        CALL,
    ]
    assert plain(RESPONSES, response(output)) == Reply(
        RESPONSES,
        False,
        200,
        text="Sure.",
        reasoning="Hm.",
        calls=(ToolCall("call_1", "f", '{"a": 1}', where="$.output[2]", extra={"id": "fc_1"}),),
        finish_reason="completed",
        finish="tool_calls",
        usage=Usage(3, 4),
        model="m",
        chunk_ids=("resp_1",),
        extra=tuple(output[:2]),
    )


@pytest.mark.parametrize(
    ("body", "reason", "finish"),
    [
        (response([]), "completed", "stop"),
        (response([CALL]), "completed", "tool_calls"),
        (
            response([], "incomplete", incomplete_details={"reason": "max_output_tokens"}),
            "max_output_tokens",
            "length",
        ),
        (
            response([], "incomplete", incomplete_details={"reason": "content_filter"}),
            "content_filter",
            "refusal",
        ),
        (response([], "failed", error={"code": "x"}), "failed", "other"),
        (response([], None), None, None),
        (
            response([{"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}]),
            "completed",
            "refusal",
        ),
    ],
)
def test_responses_finish(body, reason, finish):
    reply = plain(RESPONSES, body)
    assert (reply.finish_reason, reply.finish) == (reason, finish)
    end = {"type": f"response.{body['status'] or 'completed'}", "response": body}
    assert streamed(RESPONSES, end).finish == finish


@pytest.mark.parametrize(
    ("output", "problems"),
    [
        ([{**CALL, "type": "function"}], ["call-type"]),
        ([{**CALL, "type": "web_search_call"}], []),
        ([{**CALL, "call_id": 5}], ["bad-field"]),
        ([{"type": "message", "content": "hi"}], ["bad-field"]),
        (["hi"], ["bad-field"]),
        ({}, ["bad-field"]),
    ],
)
def test_responses_wire_problems(output, problems):
    assert kinds(plain(RESPONSES, response(output))) == problems


def item_event(kind, item, index=0):
    return {"type": f"response.output_item.{kind}", "output_index": index, "item": item}


def arguments_event(kind, **fields):
    return {
        "type": f"response.function_call_arguments.{kind}",
        "item_id": "fc_1",
        "output_index": 1,
        **fields,
    }


def test_responses_stream():
    reply = streamed(
        RESPONSES,
        {"type": "response.created", "response": response([], "in_progress")},
        item_event("added", {"type": "message", "id": "msg_1", "content": []}),
        {"type": "response.output_text.delta", "output_index": 0, "delta": "Sure."},
        {"type": "response.reasoning_summary_text.delta", "delta": "Hm."},
        item_event("added", {**CALL, "arguments": ""}, 1),
        arguments_event("delta", delta='{"a"'),
        arguments_event("delta", delta=": 1}"),
        arguments_event("done", arguments='{"a": 1}'),
        item_event("done", CALL, 1),
        {
            "type": "response.completed",
            "response": response([{"type": "message", "content": []}, CALL]),
        },
    )
    who = {"id": "call_1", "name": "f", "item_id": "fc_1", "type": "function_call"}
    keys = ("index", "id", "type", "name", "arguments")
    assert reply == Reply(
        RESPONSES,
        True,
        200,
        text="Sure.",
        reasoning="Hm.",
        fragments=(
            Fragment(4, "open", 1, arguments="", keys=keys, **who),
            Fragment(5, "delta", 1, arguments='{"a"', keys=("index", "arguments"), item_id="fc_1"),
            Fragment(6, "delta", 1, arguments=": 1}", keys=("index", "arguments"), item_id="fc_1"),
            Fragment(
                7, "done", 1, arguments='{"a": 1}', keys=("index", "arguments"), item_id="fc_1"
            ),
            Fragment(8, "close", 1, arguments='{"a": 1}', keys=keys, **who),
            Fragment(9, "final", 1, arguments='{"a": 1}', keys=keys[1:], **who),
        ),
        finish_reason="completed",
        finish="tool_calls",
        usage=Usage(3, 4),
        model="m",
        chunk_ids=("resp_1",),
    )


def test_responses_stream_oddities():
    assert not streamed(RESPONSES, item_event("added", CALL)).ended
    assert kinds(streamed(RESPONSES, arguments_event("delta", delta="{}"))) == ["event-order"]
    end = {"type": "response.completed", "response": response([])}
    assert kinds(streamed(RESPONSES, end, end)) == ["event-order"]
    assert kinds(streamed(RESPONSES, {"delta": "x"})) == ["bad-field"]
    error = {"type": "error", "code": "server_error", "message": "boom"}
    assert streamed(RESPONSES, error).error == error
    failed = {"type": "response.failed", "response": response([], "failed", error={"code": "x"})}
    reply = streamed(RESPONSES, failed)
    assert (reply.error, reply.ended, reply.finish) == ({"code": "x"}, True, "other")
    silent = response([{"type": "message", "content": [{"type": "output_text", "text": "late"}]}])
    end = {"type": "response.completed", "response": silent}
    assert streamed(RESPONSES, end).text == "late"
    hostile = {"type": "response.function_call_arguments.delta", "item_id": [], "delta": {}}
    assert kinds(streamed(RESPONSES, hostile)) == ["event-order"]


# --- whatever the bytes

_WORDS = st.sampled_from(
    [
        "choices",
        "message",
        "delta",
        "tool_calls",
        "function",
        "function_call",
        "arguments",
        "name",
        "id",
        "index",
        "type",
        "content",
        "text",
        "thinking",
        "input",
        "output",
        "item",
        "item_id",
        "output_index",
        "response",
        "status",
        "error",
        "usage",
        "reasoning",
        "finish_reason",
        "stop_reason",
        "content_block",
        "partial_json",
        "refusal",
        "summary",
        "model",
        "data",
        "tool_use",
        "completed",
        "incomplete_details",
        "reason",
    ]
)
_TYPES = st.sampled_from(
    [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "error",
        "tool_use",
        "text",
        "input_json_delta",
        "function",
        "function_call",
        "message",
        "reasoning",
        "response.created",
        "response.output_item.added",
        "response.output_item.done",
        "response.completed",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.text(max_size=4) | _TYPES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_WORDS, inner, max_size=5)
        | st.builds(
            lambda kind, rest: {**rest, "type": kind}, _TYPES, st.dictionaries(_WORDS, inner)
        )
    ),
    max_leaves=25,
)
_BODIES = st.one_of(
    st.binary(max_size=60),
    _JSON.map(lambda value: json.dumps(value).encode()),
    st.lists(_JSON.map(json.dumps) | st.just("[DONE]") | st.text(max_size=9), max_size=6).map(
        lambda events: "".join(f"data: {e}\n\n" for e in events).encode("utf-8", "surrogatepass")
    ),
)


@settings(max_examples=200)
@given(body=_BODIES, stream=st.booleans(), status=st.sampled_from([200, 400]))
def test_decode_never_raises(body, stream, status):
    for name in format_names():
        reply = wire_format(name).read(attempt_of(body, status), stream=stream)
        assert (reply.api, reply.stream, reply.status) == (name, stream, status)
        assert all(isinstance(f.slot, int | None) for f in reply.fragments)
        assert all(isinstance(c.arguments_raw, str | None) for c in reply.calls)
        assert isinstance(reply.text, str)


STREAMS = {
    CHAT: [delta({"content": "ü"}), delta({"tool_calls": [tool_call('{"ä": "€"}', index=0)]})],
    MESSAGES: [START, block_start(0, USE), block_delta(0, "input_json_delta", partial_json="€")],
    RESPONSES: [item_event("added", CALL), arguments_event("delta", delta="€")],
}


@given(cuts=st.lists(st.integers(0, 900), max_size=6), ending=st.sampled_from(["\n", "\r\n", "\r"]))
def test_chunk_borders_do_not_matter(cuts, ending):
    for name, events in STREAMS.items():
        lines = [
            f"event: {e.get('type', 'x')}\ndata: {json.dumps(e, ensure_ascii=False)}\n\n"
            for e in events
        ]
        body = "".join(lines).replace("\n", ending).encode()
        borders = [0, *sorted(min(c, len(body)) for c in cuts), len(body)]
        chunks = [(0.0, body[a:b]) for a, b in itertools.pairwise(borders)]
        cut = Attempt(0.0, 0.0, 0.0, 200, {}, tuple(chunks))
        whole = attempt_of(body)
        read = wire_format(name).read
        assert read(cut, stream=True) == read(whole, stream=True)
        assert read(whole, stream=True).fragments


@pytest.mark.parametrize("name", [CHAT, RESPONSES, MESSAGES])
def test_too_deep_is_said_not_raised(name):
    key = {CHAT: "choices", MESSAGES: "content", RESPONSES: "output"}[name]
    deep = f'{{"{key}": ' + "[" * 5000 + "]" * 5000 + "}"
    assert kinds(plain(name, deep)) == ["not-json"]
    use = '{"type": "tool_use", "id": "t", "name": "f", "input": '
    for depth in (300, 900, 980):
        nested = '{"content": [' + use + '{"a":' * depth + "1" + "}" * depth + "}]}"
        plain(MESSAGES, nested)


def test_decoding_a_stream_is_linear():
    def seconds(count):
        piece = {"tool_calls": [{"index": 0, "function": {"arguments": "ab"}}]}
        body = f"data: {json.dumps(delta(piece))}\n\n" * count
        attempt = attempt_of(body)
        begin = time.process_time()
        assert len(wire_format(CHAT).read(attempt, stream=True).fragments) == count
        return time.process_time() - begin

    seconds(500)
    assert seconds(20_000) < 60 * max(seconds(2_000), 0.01)


def test_a_wire_format_is_one_new_folder(tmp_path, monkeypatch):
    (tmp_path / "my_format").mkdir()
    (tmp_path / "my_format/__init__.py").touch()
    (tmp_path / "my_format/format.py").write_text(
        "from toolfuzz.formats.openai_chat.format import FORMAT"
    )
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    format_names.cache_clear()
    try:
        assert "my-format" in format_names()
        assert wire_format("my-format").name == "my-format"
        with pytest.raises(UsageError, match="unknown wire format"):
            wire_format("reading")
    finally:
        sys.modules.pop("toolfuzz.formats.my_format.format", None)
        sys.modules.pop("toolfuzz.formats.my_format", None)
        monkeypatch.undo()
        format_names.cache_clear()
    assert {MESSAGES, CHAT, RESPONSES} <= set(format_names())
    assert "my-format" not in format_names()
