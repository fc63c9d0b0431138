"""What goes back of a real reply: as it came, in its order, as the official SDKs would send it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from anthropic.types import MessageParam
from google.genai import types as gemini
from openai.types.chat import ChatCompletionMessageParam
from openai.types.responses import ResponseInputParam
from pydantic import TypeAdapter

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.core.talk import Talk, play
from toolfuzz.formats import CannotAskError, wire_format
from toolfuzz.judge.judge import judge

TOOL = Tool("f", "", {"type": "object", "properties": {"n": {"type": "integer"}}})
CALLS = tuple(ExpectedCall("f", {"n": n}) for n in (1, 2))
CASE = Case(
    "generated",
    "made",
    (),
    (TOOL,),
    (
        Turn((Message("user", "Go."),), Expectation("calls", CALLS), results=("one", "two")),
        Turn((), Expectation("no_call")),
    ),
)

SIGNED = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
HIDDEN = {"type": "redacted_thinking", "data": "x"}


def use(n: int) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"t{n}", "name": "f", "input": {"n": n}}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def chat_call(n: int, **more: Any) -> dict[str, Any]:
    function = {"name": "f", "arguments": f'{{ "n":{n} }}'}
    return {"id": f"c{n}", "type": "function", "function": function, **more}


GOOGLE = {"extra_content": {"google": {"thought_signature": "c2ln"}}}
DETAILS = [
    {"type": "reasoning.text", "index": 0, "text": "Hm.", "signature": "c2ln"},
    {"type": "reasoning.encrypted", "index": 1, "data": "x", "id": "r"},
]
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}


def item(n: int) -> dict[str, Any]:
    arguments = f'{{ "n":{n} }}'
    named = {"type": "function_call", "id": f"fc_{n}", "status": "completed", "call_id": f"c{n}"}
    return {**named, "name": "f", "arguments": arguments}


SPOKEN = {
    "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
    "content": [{"type": "output_text", "text": "Two.", "annotations": []}],
}  # fmt: skip


def part(n: int, **more: Any) -> dict[str, Any]:
    return {"functionCall": {"name": "f", "args": {"n": n}}, **more}


def block(n: int) -> dict[str, Any]:
    return {"toolUse": {"toolUseId": f"u{n}", "name": "f", "input": {"n": n}}}


THINKING = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}}

# wire format -> what a service said, as the message or items of a plain reply.
SAID: list[tuple[str, Any]] = [
    ("openai-chat", {"content": None, "tool_calls": [chat_call(1), chat_call(2)]}),
    ("openai-chat", {"content": "Two.", "tool_calls": [chat_call(1, **GOOGLE), chat_call(2)]}),
    (
        "openai-chat",
        {"content": None, "reasoning_content": "Hm.", "tool_calls": [chat_call(1), chat_call(2)]},
    ),
    (
        "openai-chat",
        {
            "content": "Two.",
            "reasoning": "Hm.",
            "reasoning_details": DETAILS,
            "tool_calls": [chat_call(1), chat_call(2)],
        },
    ),
    ("openai-responses", [THOUGHT, item(1), {**THOUGHT, "id": "rs_2"}, item(2)]),
    ("openai-responses", [THOUGHT, SPOKEN, item(1), item(2)]),
    ("anthropic-messages", [SIGNED, text("Two."), use(1), use(2)]),
    ("anthropic-messages", [text("First."), SIGNED, HIDDEN, use(1), text("Then."), use(2)]),
    ("anthropic-messages", [text("First."), use(1), text("Then."), use(2)]),
    ("gemini", [part(1, thoughtSignature="c2ln"), part(2)]),
    ("gemini", [{"text": "Hm.", "thought": True}, {"text": "Two.", "thoughtSignature": "c2ln"},
                part(1, thoughtSignature="c2ln"), part(2)]),
    ("gemini", [part(1), {"text": "Then.", "thoughtSignature": "c2ln"}, part(2)]),
    ("bedrock-converse", [THINKING, {"text": "Two."}, block(1), block(2)]),
    ("bedrock-converse", [{"text": "First."}, THINKING, block(1), {"text": "Then."}, block(2)]),
]  # fmt: skip


def body_of(name: str, said: Any) -> dict[str, Any]:
    match name:
        case "openai-chat":
            message = {"role": "assistant", **said}
            choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
            head = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
            return {**head, "choices": [choice]}
        case "openai-responses":
            return {"id": "resp_1", "object": "response", "status": "completed", "output": said}
        case "anthropic-messages":
            head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
            usage = {"input_tokens": 1, "output_tokens": 1}
            return {**head, "content": said, "stop_reason": "tool_use", "usage": usage}
        case "gemini":
            content = {"role": "model", "parts": said}
            return {"candidates": [{"content": content, "finishReason": "STOP"}]}
        case _:
            message = {"role": "assistant", "content": said}
            usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
            return {"output": {"message": message}, "stopReason": "tool_use", "usage": usage}


def read(name: str, content: bytes, *, stream: bool = False) -> Reply:
    kind = "text/event-stream" if stream else "application/json"
    attempt = Attempt(0.0, 0.0, 0.0, 200, {"content-type": kind}, ((0.0, content),))
    return wire_format(name).read(attempt, stream=stream)


def after(reply: Reply) -> Talk:
    talk = play(CASE)
    judged = judge(CASE, [reply])
    assert [f.slug for f in judged.findings if f.severity == "error"] == []
    talk.answer(judged)
    assert talk.turn is not None
    return talk


def second(name: str, said: Any) -> dict[str, Any]:
    """The body of the second question."""
    reply = read(name, json.dumps(body_of(name, said)).encode())
    return wire_format(name).request(after(reply).ask(model="m")).body


def replied(name: str, body: dict[str, Any]) -> Any:
    """What stands in a body in the assistant's place."""
    match name:
        case "openai-chat":
            return body["messages"][1]
        case "openai-responses":
            return body["input"][1:-2]
        case "gemini":
            return body["contents"][1]["parts"]
        case _:
            return body["messages"][1]["content"]


@pytest.mark.parametrize(("name", "said"), SAID)
def test_a_reply_goes_back_as_it_came(name: str, said: Any) -> None:
    back = replied(name, second(name, said))
    assert back == ({"role": "assistant", **said} if name == "openai-chat" else said)


def check_types(name: str, body: dict[str, Any]) -> None:
    """Raise where the official SDK's own types would not take the conversation."""
    match name:
        case "openai-chat":
            TypeAdapter(list[ChatCompletionMessageParam]).validate_python(body["messages"])
        case "openai-responses":
            TypeAdapter(ResponseInputParam).validate_python(body["input"])
        case "anthropic-messages":
            TypeAdapter(list[MessageParam]).validate_python(body["messages"])
        case "gemini":
            for content in body["contents"]:
                gemini.Content.model_validate(content)
        case _:
            import boto3
            from botocore.validate import ParamValidator

            client = boto3.client("bedrock-runtime", region_name="us-east-1")
            shape = client.meta.service_model.operation_model("Converse").input_shape
            report = ParamValidator().validate({"modelId": "m", **body}, shape)
            assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize(("name", "said"), SAID)
def test_the_official_types_take_it(name: str, said: Any) -> None:
    check_types(name, second(name, said))


@pytest.mark.parametrize(("name", "said"), SAID)
def test_the_request_reads_as_the_question_that_it_was(name: str, said: Any) -> None:
    body = second(name, said)
    asked = wire_format(name).read_request(json.loads(json.dumps(body)))
    again = wire_format(name).request(Ask(model="m", tools=asked.tools, said=asked.said)).body
    assert replied(name, again) == replied(name, body)
    assert [result.content for result in asked.answered] == ["one", "two"]
    (reply,) = asked.replies
    assert [json.loads(call.arguments_raw or "") for call in reply.calls] == [{"n": 1}, {"n": 2}]


def events(*data: Any) -> bytes:
    return "".join(
        f"event: {one.get('type')}\ndata: {json.dumps(one)}\n\n" if "type" in one
        else f"data: {json.dumps(one)}\n\n"
        for one in data
    ).encode()  # fmt: skip


def test_streamed_thinking_goes_back_in_its_place() -> None:
    said = [text("First."), SIGNED, use(1), text("Then."), use(2)]
    message = {**body_of("anthropic-messages", []), "stop_reason": None}
    stream: list[Any] = [{"type": "message_start", "message": message}]
    for n, one in enumerate(said):
        pieces: list[dict[str, Any]]
        match one["type"]:
            case "text":
                opened = {**one, "text": ""}
                pieces = [{"type": "text_delta", "text": half} for half in (one["text"], "")]
            case "thinking":
                opened = {"type": "thinking", "thinking": "", "signature": ""}
                pieces = [
                    {"type": "thinking_delta", "thinking": "Hm."},
                    {"type": "signature_delta", "signature": "c2ln"},
                ]
            case _:
                opened = {**one, "input": {}}
                whole = json.dumps(one["input"])
                pieces = [{"type": "input_json_delta", "partial_json": whole}]
        stream.append({"type": "content_block_start", "index": n, "content_block": opened})
        stream += [{"type": "content_block_delta", "index": n, "delta": d} for d in pieces]
        stream.append({"type": "content_block_stop", "index": n})
    end = {"stop_reason": "tool_use"}
    stream.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": 1}})
    stream.append({"type": "message_stop"})
    talk = after(read("anthropic-messages", events(*stream), stream=True))
    body = wire_format("anthropic-messages").request(talk.ask(model="m")).body
    assert replied("anthropic-messages", body) == said
    check_types("anthropic-messages", body)


def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_streamed_metadata_of_a_chat_completion_goes_back() -> None:
    pieces: list[dict[str, Any]] = [
        {"role": "assistant", "content": None},
        {"reasoning": "H", "reasoning_details": [{**DETAILS[0], "text": "H", "signature": None}]},
        {"reasoning": "m.", "reasoning_details": [{**DETAILS[0], "text": "m."}]},
        {"reasoning_details": [DETAILS[1]]},
        {"tool_calls": [{"index": 0, **chat_call(1, **GOOGLE)}]},
        {"tool_calls": [{"index": 1, **chat_call(2)}]},
    ]
    data = events(*map(chunk, pieces), chunk({}, "tool_calls")) + b"data: [DONE]\n\n"
    talk = after(read("openai-chat", data, stream=True))
    message = replied("openai-chat", wire_format("openai-chat").request(talk.ask(model="m")).body)
    assert message["reasoning"] == "Hm." and "reasoning_content" not in message
    assert message["reasoning_details"] == DETAILS
    assert message["tool_calls"] == [chat_call(1, **GOOGLE), chat_call(2)]


@pytest.mark.parametrize("told", ["in the end", "item by item"])
def test_streamed_items_go_back_with_their_ids(told: str) -> None:
    said = [THOUGHT, item(1), {**THOUGHT, "id": "rs_2"}, item(2)]
    stream: list[Any] = []
    for n, one in enumerate(said):
        opened = {**one, "status": "in_progress", **({"arguments": ""} if "name" in one else {})}
        stream.append({"type": "response.output_item.added", "output_index": n, "item": opened})
        if "name" in one:
            whole = {"output_index": n, "item_id": one["id"], "arguments": one["arguments"]}
            stream.append({"type": "response.function_call_arguments.done", **whole})
        stream.append({"type": "response.output_item.done", "output_index": n, "item": one})
    final = {**body_of("openai-responses", said if told == "in the end" else []), "model": "m"}
    stream.append({"type": "response.completed", "response": final})
    reply = read("openai-responses", events(*stream), stream=True)
    talk = play(CASE)
    talk.answer(judge(CASE, [reply]))
    body = wire_format("openai-responses").request(talk.ask(model="m")).body
    assert replied("openai-responses", body) == said


def test_reasoning_that_nobody_keeps_is_left_out() -> None:
    """Without ``store`` an item that holds nothing of its own means nothing to the service."""
    empty = {"type": "reasoning", "id": "rs_1", "summary": []}
    body = {**body_of("openai-responses", [empty, item(1), item(2)]), "store": False}
    talk = after(read("openai-responses", json.dumps(body).encode()))
    sent = wire_format("openai-responses").request(talk.ask(model="m")).body
    back = replied("openai-responses", sent)
    assert [one["type"] for one in back] == ["function_call", "function_call"]


RESULTS = [
    ("openai-chat", "parts", [{"type": "text", "text": "one"}]),
    ("openai-chat", "error", "one"),
    ("openai-responses", "parts", [{"type": "input_text", "text": "one"}]),
    ("anthropic-messages", "parts", [{"type": "text", "text": "one"}]),
    ("anthropic-messages", "error", "one"),
    ("gemini", "error", {"error": "one"}),
    ("gemini", "text", {"output": "one"}),
    ("bedrock-converse", "error", [{"text": "one"}]),
]


@pytest.mark.parametrize(("name", "kind", "sent"), RESULTS)
def test_results_are_sent_as_text_parts_or_errors(name: str, kind: Any, sent: Any) -> None:
    case = replace(CASE, turns=(replace(CASE.turns[0], results_as=kind), *CASE.turns[1:]))
    said = next(said for other, said in SAID if other == name)
    talk = play(case)
    talk.answer(judge(case, [read(name, json.dumps(body_of(name, said)).encode())]))
    body = wire_format(name).request(talk.ask(model="m")).body
    check_types(name, body)
    match name:
        case "openai-chat":
            found = body["messages"][2]["content"]
        case "openai-responses":
            found = body["input"][-2]["output"]
        case "gemini":
            found = body["contents"][2]["parts"][0]["functionResponse"]["response"]
        case "anthropic-messages":
            block = body["messages"][2]["content"][0]
            found = block["content"]
            assert block.get("is_error", False) is (kind == "error")
            assert len(body["messages"]) == 3, "all results in one message"
        case _:
            found = body["messages"][2]["content"][0]["toolResult"]["content"]
    assert found == sent
    asked = wire_format(name).read_request(body)
    assert [result.content for result in asked.answered] == ["one", "two"]


def test_a_server_that_remembers_is_sent_what_is_new() -> None:
    case = replace(CASE, turns=tuple(replace(turn, continues=True) for turn in CASE.turns))
    talk = play(case)
    responses = wire_format("openai-responses")
    first = responses.request(talk.ask(model="m")).body
    assert first["store"] is True and "previous_response_id" not in first
    reply = read(
        "openai-responses", json.dumps(body_of("openai-responses", [item(1), item(2)])).encode()
    )
    talk.answer(judge(case, [reply]))
    body = responses.request(talk.ask(model="m")).body
    assert body["previous_response_id"] == "resp_1"
    assert [(one["type"], one["call_id"], one["output"]) for one in body["input"]] == [
        ("function_call_output", "c1", "one"),
        ("function_call_output", "c2", "two"),
    ]
    assert responses.read_request(body).continues == "resp_1"
    for name in ("openai-chat", "anthropic-messages", "gemini", "bedrock-converse"):
        with pytest.raises(CannotAskError, match="by its id"):
            wire_format(name).request(play(case).ask(model="m"))
