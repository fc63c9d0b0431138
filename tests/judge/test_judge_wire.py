"""Statuses, envelopes, finish reasons and ids: what is a defect, and what is nobody's fault."""

from typing import Any

import pytest
from judge_wire_bytes import (
    APIS,
    PARIS,
    ROME,
    attempt,
    case_of,
    chat_call,
    chat_deltas,
    chat_stream,
    cut,
    decode,
    plain,
    plain_body,
    slugs,
    verdict,
)

from toolfuzz.formats import wire_format

CASE = case_of(PARIS)


def refused(status: int, message: str, turn: int = 0, **error: Any) -> list[str]:
    body = {"error": {"message": message} | error}
    reply = decode("openai-chat", body, status=status)
    case = CASE
    if turn:
        case = type(CASE)("generated", "echo", (), CASE.tools, CASE.turns * 2)
    judgement = verdict(case, reply, turn=turn)
    assert (judgement.status == "unjudged") == (not judgement.findings)
    assert bool(judgement.reason) == (judgement.status == "unjudged")
    assert {f.severity for f in judgement.findings} <= {"error"}
    return [f.slug for f in judgement.findings] or ["unjudged"]


@pytest.mark.parametrize(
    ("status", "message", "found"),
    [
        (400, "Invalid schema for function 'get_time': items missing", "schema-rejected"),
        (
            400,
            "Invalid value at 'tools[0].function_declarations[0].parameters.type': "
            "Proto field is not repeating, cannot start list.",
            "schema-rejected",
        ),
        (400, "Proto field is not repeating, cannot start list.", "unjudged"),
        (400, 'Invalid JSON payload received. Unknown name "top_k"', "unjudged"),
        (500, "failed to parse grammar of tools[0].parameters", "schema-rejected"),
        (400, "tools.0.custom.input_schema: oneOf is not supported", "schema-rejected"),
        (
            400,
            "tools.0.custom.input_schema.properties: Property keys should match pattern '^[a-z]'",
            "property-key-rejected",
        ),
        (
            400,
            "tools.134.custom.name: String should match pattern '^[a-z]+$'",
            "tool-name-rejected",
        ),
        (400, "Invalid 'tools[0].function.name': string too long", "tool-name-rejected"),
        (400, "Invalid function name. Must start with a letter", "unjudged"),
        (400, "Invalid function name 'get_time': starts with g", "tool-name-rejected"),
        (400, "Failed to call a function. See 'failed_generation'", "provider-refused-call"),
        (401, "Incorrect API key, check the JSON schema", "unjudged"),
        (404, "Unknown name of a model", "unjudged"),
        (429, "Rate limit; schema too popular", "unjudged"),
        (400, "max_tokens is too large", "unjudged"),
        (500, "Internal server error", "unjudged"),
        (503, "The model is overloaded", "unjudged"),
        (400, "Your prompt was flagged", "unjudged"),
    ],
)
def test_refusals(status: int, message: str, found: str) -> None:
    assert refused(status, message) == [found]


@pytest.mark.parametrize(
    "message",
    [
        'Invalid JSON payload received. Unknown name "top_k": Cannot find field.',
        'Invalid JSON payload received. Unknown name "parallel_tool_calls": Cannot find field.',
        "The maximum context length is 8192 tokens; messages and function parameters need 9000.",
        "response_format: json_schema is not supported by this model together with tools",
        "Request body too large for grammar-constrained decoding cache",
        "Parameter 'parallel_tool_calls' is not supported. See function_declarations docs.",
        "Internal server error while compiling grammar",
        "tools[0].function.name: too many requests for this project",
    ],
)
def test_words_about_tools_blame_no_schema(message: str) -> None:
    assert refused(400, message) == ["unjudged"]
    assert refused(500, message) == ["unjudged"]


def test_a_refused_parameter_has_a_reason_of_its_own() -> None:
    body = {"error": {"message": "Parameter 'parallel_tool_calls' is not supported."}}
    reason = str(verdict(CASE, decode("openai-chat", body, status=400)).reason)
    assert reason.startswith("a request parameter is refused: HTTP 400")
    body = {"error": {"message": "The model is asleep."}}
    reason = str(verdict(CASE, decode("openai-chat", body, status=400)).reason)
    assert reason.startswith("HTTP 400")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, {"error": {"message": "no such model", "type": "x", "code": 404}}, "no such model"),
        (401, {"detail": "Missing key"}, "Missing key"),
        (402, {"error": {"code": "insufficient_quota"}}, "insufficient_quota"),
        (429, {"error": {"message": "Provider returned error",
                         "metadata": {"raw": '{"error": {"message": "slow down"}}'}}},
         "Provider returned error; slow down"),
        (404, b"<!doctype html><html><head><title>Not here</title></head>hm</html>",
         "a page, titled 'Not here'"),
        (403, b"blocked", "blocked"),
        (403, {"odd": {"thing": 1}}, '{"odd":{"thing":1}}'),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_the_server_s_words(status: int, body: Any, words: str) -> None:
    reason = str(verdict(CASE, decode("openai-chat", body, status=status)).reason)
    assert reason.replace(" ", "") == f"HTTP {status}: {words}".replace(" ", "")


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("Failed to parse tool call arguments as JSON", "history-args-reparse"),
        ("Can only get item pairs from a mapping.", "history-args-type"),
        ("Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.", "id-format"),
        ("Invalid 'input[2].call_id': string too long", "id-format"),
        ("No tool call found for function call output with call_id c", "id-rewritten"),
        ("tool_use ids were found without tool_result blocks", "pairing-rejected"),
        (
            "Function call is missing a thought_signature in functionCall",
            "opaque-metadata-required",
        ),
    ],
)
def test_refused_history(message: str, found: str) -> None:
    assert refused(400, message, turn=1) == [found]
    assert refused(500, message, turn=1) == [found]
    # With no history sent back, words about parsing a call are about the model's own.
    own = "provider-refused-call" if message.startswith("Failed to parse") else "unjudged"
    assert refused(400, message) == [own]


def test_groq_names_its_own_failure() -> None:
    assert refused(400, "no luck", code="tool_use_failed") == ["provider-refused-call"]


@pytest.mark.parametrize("word", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"])
def test_gemini_names_its_own_failure(word: str) -> None:
    assert slugs(CASE, plain("openai-chat", finish=word)) == ["provider-refused-call"]


def test_nobodys_fault() -> None:
    def reason(reply: Any, **more: Any) -> str | None:
        judgement = verdict(CASE, reply, **more)
        assert judgement.findings == ()
        assert judgement.status == "unjudged"
        return judgement.reason

    read = wire_format("openai-chat").read
    assert "ReadError" in str(reason(read(attempt(b"", error="ReadError: cut"), stream=False)))
    half = read(attempt(b'data: {"choices":[]}\n\n', error="ReadError: cut"), stream=True)
    assert "ReadError" in str(reason(half))
    assert reason(plain("openai-chat", text="I can't.", finish="content_filter")) == "refusal"
    assert "token limit" in str(reason(plain("openai-chat", text="So I", finish="length")))
    part = chat_stream(*chat_deltas(PARIS, cut(PARIS[2])[:3]), finish="length")
    assert "token limit" in str(reason(part))
    limit = {"error": {"code": 429, "message": "slow down"}}
    assert "429" in str(reason(decode("openai-chat", limit)))


def test_hostile_error_text_stays_on_one_line() -> None:
    judgement = verdict(CASE, decode("openai-chat", b"\x1b[31mbad\r\n" * 100, status=500))
    assert judgement.reason is not None
    assert judgement.reason.isprintable()
    assert len(judgement.reason) < 260


def test_runaway() -> None:
    blanks = ("call_1", "get_weather", '{"city": "Paris"' + " " * 500)
    assert slugs(CASE, plain("openai-chat", blanks, finish="length")) == ["runaway-generation"]
    again = plain("openai-chat", text="The answer is " + "no, " * 300, finish="length")
    assert slugs(CASE, again) == ["runaway-generation"]
    prose = "".join(f"Point {n}. " for n in range(200))
    assert slugs(CASE, plain("openai-chat", text=prose, finish="length")) == []


def test_masked_cut_off() -> None:
    part = ("call_1", "get_weather", PARIS[2][:15])
    masked = plain("openai-chat", part, usage=64)
    assert slugs(CASE, masked, max_tokens=64) == ["finish-length-masked"]
    assert slugs(CASE, masked, max_tokens=65) == ["args-truncated"]
    assert slugs(CASE, plain("openai-chat", PARIS, usage=64), max_tokens=64) == []
    part_stream = chat_stream(*chat_deltas(PARIS, cut(PARIS[2])[:3]), usage=64)
    assert slugs(CASE, part_stream, max_tokens=64) == ["finish-length-masked"]
    text = plain("openai-chat", text="Let me think", usage=64)
    assert slugs(CASE, text, max_tokens=64) == ["finish-length-masked"]


def test_finish_reasons() -> None:
    assert slugs(CASE, plain("openai-chat", PARIS, finish="stop")) == ["finish-stop-with-calls"]
    assert slugs(CASE, plain("openai-chat", PARIS, finish="eos")) == ["finish-stop-with-calls"]
    assert slugs(CASE, plain("openai-chat", PARIS, finish=None)) == ["finish-null"]
    assert slugs(CASE, plain("anthropic-messages", PARIS, finish="end_turn")) == [
        "finish-stop-with-calls"
    ]
    forced = case_of(PARIS, tool_choice="tool:get_weather")
    assert slugs(forced, plain("openai-chat", PARIS, finish="stop")) == []
    warned = verdict(CASE, plain("openai-chat", PARIS, finish="stop"))
    assert warned.status == "pass"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("blank", ["", None])
def test_empty_ids(api: str, blank: str | None) -> None:
    assert slugs(CASE, plain(api, (blank, *PARIS[1:]))) == ["id-empty"]


@pytest.mark.parametrize(
    ("model", "call_id", "found"),
    [
        ("mistral-small-latest", "call_49c89af0", ["id-format"]),
        ("mistralai/Devstral-Small", "call_49c89af0", ["id-format"]),
        ("mistral-small-latest", "D681PevKs", []),
        ("kimi-k2", "functions.get_weather:0", []),
        ("kimi-k2", "functions.get_time:0", ["id-format"]),
        ("kimi-k2", "functions_get_weather_0", ["id-format"]),
        ("kimi-k2", "call_49c89af0", []),
        ("gpt-5", "call_49c89af0", []),
    ],
)
def test_id_format(model: str, call_id: str, found: list[str]) -> None:
    reply = plain("openai-chat", (call_id, *PARIS[1:]), model=model)
    assert slugs(CASE, reply) == found
    assert verdict(CASE, reply).status == "pass"


def test_envelopes() -> None:
    wrapped = {"success": True, "data": plain_body("openai-chat", PARIS)}
    assert slugs(CASE, decode("openai-chat", wrapped)) == ["envelope-nonstandard"]
    untyped = plain_body("openai-chat", PARIS)
    del untyped["choices"][0]["message"]["tool_calls"][0]["type"]
    assert slugs(CASE, decode("openai-chat", untyped)) == ["envelope-nonstandard"]
    parts = plain_body("openai-chat", PARIS)
    parts["choices"][0]["message"]["content"] = [{"type": "text", "text": "Well."}]
    assert slugs(CASE, decode("openai-chat", parts)) == ["envelope-nonstandard"]
    assert slugs(CASE, decode("openai-chat", {"ok": 1})) == ["envelope-nonstandard"]
    choices = plain_body("openai-chat", PARIS)
    choices["choices"][0]["index"] = 1
    found = verdict(CASE, decode("openai-chat", choices)).findings
    assert [(f.slug, f.severity) for f in found] == [("chunk-id-varies", "info")]


@pytest.mark.parametrize("api", APIS)
def test_broken_bytes(api: str) -> None:
    assert slugs(CASE, decode(api, b"<html>Welcome</html>")) == ["wire-malformed"]
    assert slugs(CASE, decode(api, b"")) == ["wire-malformed"]
    assert slugs(CASE, decode(api, b"not events", stream=True)) == ["wire-malformed"]
    whole = plain_body(api, PARIS)
    assert slugs(CASE, decode(api, whole, stream=True)) == ["wire-malformed"]


def test_arguments_of_other_types_are_not_a_wire_fault() -> None:
    body = plain_body("openai-chat", PARIS, ROME)
    calls = body["choices"][0]["message"]["tool_calls"]
    assert calls[0] == chat_call(PARIS)
    calls[0]["function"]["arguments"] = {"city": "Paris", "days": 3}
    assert slugs(case_of(PARIS, ROME), decode("openai-chat", body)) == ["args-is-object"]


def test_anthropic_input_as_text() -> None:
    body = plain_body("anthropic-messages", PARIS)
    body["content"][0]["input"] = PARIS[2]
    assert slugs(CASE, decode("anthropic-messages", body)) == ["anthropic-input-inline"]
