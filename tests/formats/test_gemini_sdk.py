"""Gemini generateContent as the official SDK (google-genai) sees it, and the simulator's side."""

import json
import os
import warnings
from contextlib import redirect_stdout
from io import StringIO

import httpx
import pytest

import toolfuzz
from toolfuzz.core.ask import Answered, Ask, Called, ToolResult
from toolfuzz.core.case import ExpectedCall, Message, Tool
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import ClientReader, wire_format
from toolfuzz.generate import prompts
from toolfuzz.simulate.process import start

genai = pytest.importorskip("google.genai")

GEMINI = wire_format("gemini")
NOTE = Tool(
    "send_note",
    "Sends a note.",
    {
        "type": "object",
        "properties": {"to": {"type": "string"}, "lines": {"type": "array"}},
        "required": ["to"],
    },
)
ONE, TWO = {"to": "Ann", "lines": ["a", {"b": 9007199254740993}]}, {"to": "Zoë "}
PROMPT = prompts.render("batch", (NOTE,), [ExpectedCall("send_note", a) for a in (ONE, TWO)])[0]
CALLS = [("send_note", ONE), ("send_note", TWO)]


@pytest.fixture(scope="module")
def base_url():
    with start(seed=3) as simulator:
        yield simulator.base_url


@pytest.fixture(params=["/v1", "/v1beta"])
def client(base_url, request):
    options = {"base_url": base_url.removesuffix("/v1"), "api_version": request.param[1:]}
    with genai.Client(api_key="none", http_options=options) as client:
        yield client


CONFIG = {
    "tools": [
        {
            "function_declarations": [
                {
                    "name": NOTE.name,
                    "description": NOTE.description,
                    "parameters_json_schema": NOTE.parameters,
                }
            ]
        }
    ],
    "max_output_tokens": 4096,
}


def called(response):
    return [(call.name, call.args) for call in response.function_calls or ()]


def test_the_sdk_gets_the_right_calls(client):
    reply = client.models.generate_content(model="clean", contents=PROMPT.content, config=CONFIG)
    assert called(reply) == CALLS
    assert reply.candidates[0].finish_reason == "STOP"
    assert reply.usage_metadata.total_token_count > 0
    assert reply.model_version == "clean"


def test_the_sdk_gets_the_right_calls_from_a_stream(client):
    chunks = list(
        client.models.generate_content_stream(model="clean", contents=PROMPT.content, config=CONFIG)
    )
    assert [call for chunk in chunks for call in called(chunk)] == CALLS
    assert [bool(chunk.candidates[0].finish_reason) for chunk in chunks] == [False, False, True]


@pytest.mark.parametrize("stream", [False, True])
def test_a_chat_of_the_sdk_goes_on_after_the_results(client, stream):
    """Its own history goes back to the simulator, which refuses an unanswered call."""
    chat = client.chats.create(model="clean", config=CONFIG)
    send = (lambda said: list(chat.send_message_stream(said))) if stream else chat.send_message
    send(PROMPT.content)
    parts = [
        genai.types.Part.from_function_response(name="send_note", response={"output": text})
        for text in ("first", "second")
    ]
    send(parts)
    said = [part.text or "" for content in chat.get_history() for part in content.parts]
    assert "second" in "".join(said)
    with pytest.raises(genai.errors.ClientError, match="function response parts"):
        chat.send_message(parts)


@pytest.mark.parametrize("stream", [False, True])
def test_errors_are_the_sdks_errors(client, stream):
    method = client.models.generate_content_stream if stream else client.models.generate_content
    with pytest.raises(genai.errors.ClientError) as raised:
        list(method(model="fault:nothing", contents="hi"))
    assert (raised.value.code, raised.value.status) == (404, "NOT_FOUND")
    with pytest.raises(genai.errors.ClientError) as raised:
        list(method(model="clean", contents="hi", config={"max_output_tokens": 0}))
    assert (raised.value.code, raised.value.status) == (400, "INVALID_ARGUMENT")


def ask(base_url, question):
    request = GEMINI.request(question)
    reply = httpx.post(base_url + request.path, json=request.body)
    kept = {"content-type": reply.headers["content-type"]}
    return Attempt(0, 0, 0, reply.status_code, kept, ((0, reply.content),))


@pytest.mark.parametrize("stream", [False, True])
def test_our_reader_and_the_sdk_agree(base_url, stream):
    attempt = ask(base_url, Ask("clean", (NOTE,), (PROMPT,), stream=stream))
    reply = GEMINI.read(attempt, stream=stream)
    assert [(c.name, json.loads(c.arguments_raw)) for c in reply.calls] == CALLS
    assert (reply.problems, reply.finish, reply.ended) == ((), "tool_calls", True)
    (reader,) = (reader for reader in GEMINI.clients if reader.stream == stream)
    assert list(reader.read(attempt)) == CALLS


@pytest.mark.parametrize("stream", [False, True])
def test_a_second_turn_carries_the_signature(base_url, stream):
    first = GEMINI.read(
        ask(base_url, Ask("clean", (NOTE,), (PROMPT,), stream=stream)), stream=stream
    )
    assert [bool(call.extra) for call in first.calls] == [True, False]
    results = tuple(ToolResult(None, "send_note", text) for text in ("first", "second"))
    question = Ask("clean", (NOTE,), (PROMPT, Called(first), Answered(results)), stream=stream)
    sent = GEMINI.request(question).body["contents"][1]["parts"][0]
    assert sent["thoughtSignature"] == first.calls[0].extra
    assert "second" in GEMINI.read(ask(base_url, question), stream=stream).text


def test_a_stream_without_sse_is_refused_in_words(base_url):
    reply = httpx.post(f"{base_url}/models/clean:streamGenerateContent", json={"contents": []})
    assert reply.status_code == 400
    assert "alt=sse" in reply.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("version", ["/v1", "/v1beta"])
def test_the_program_sends_the_request_again(base_url, stream, version, monkeypatch):
    monkeypatch.setitem(os.environ, "GEMINI_API_KEY", "none")
    question = Ask("clean", (NOTE,), (Message("system", "Be brief."), PROMPT), stream=stream)
    url = base_url.removesuffix("/v1") + version
    program = GEMINI.python(GEMINI.request(question), url, "GEMINI_API_KEY")
    with redirect_stdout(StringIO()) as printed, warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(program, "program", "exec"), {"__name__": "__main__"})
    attempt = Attempt(0, 0, 0, 200, {}, ((0, printed.getvalue().encode()),))
    reply = GEMINI.read(attempt, stream=stream)
    assert [(c.name, json.loads(c.arguments_raw)) for c in reply.calls] == CALLS


def test_without_the_sdk_there_is_no_referee():
    """Also where a parent of the module is missing, as ``google`` may be."""
    for module in ("no_such_package", "no_such_package.genai", "google.no_such_module"):
        assert not ClientReader("google-genai", False, lambda attempt: [], module=module).installed
    assert [reader.name.split()[0] for reader in GEMINI.clients] == ["google-genai"] * 2


def test_the_sdk_raises_at_once_where_it_is_told_to_wait():
    with (
        toolfuzz.serve("fault:http-429~1") as server,
        genai.Client(api_key="k", http_options={"base_url": server.origin}) as client,
        pytest.raises(genai.errors.ClientError, match="429 RESOURCE_EXHAUSTED"),
    ):
        client.models.generate_content(model="m", contents="Hello")
    assert [asked.status for asked in server.requests] == [429]
