"""Gemini generateContent: requests, replies and streams, each against the documented shape."""

import json

import pytest

from toolfuzz.core.ask import Answered, Ask, Called, ToolResult
from toolfuzz.core.case import Message, Tool
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Usage
from toolfuzz.formats import Request, guess, wire_format
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.offline import judge_file

GEMINI = wire_format("gemini")
SCHEMA = {"type": "object", "properties": {"n": {"type": ["integer", "null"]}}, "$defs": {"x": {}}}
TOOL = Tool("f", "adds", SCHEMA)
USER = Message("user", "hi")


def attempt(body, *, stream=False):
    kind = "text/event-stream" if stream else "application/json"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Attempt(0, 0, 0, 200, {"content-type": kind}, ((0, data),))


def plain(body):
    return GEMINI.read(attempt(body), stream=False)


def events(*bodies, end="\r\n\r\n"):
    return "".join(f"data: {json.dumps(body, ensure_ascii=False)}{end}" for body in bodies).encode()


def streamed(*bodies):
    data = bodies[0] if isinstance(bodies[0], bytes) else events(*bodies)
    return GEMINI.read(attempt(data, stream=True), stream=True)


def body(*parts, finish="STOP", **more):
    candidate = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "responseId": "r", "modelVersion": "gemini-x", **more}


def called(args, name="f", **more):
    return {"functionCall": {"name": name, "args": args}, **more}


# --- requests


@pytest.mark.parametrize(
    ("ask", "path", "sent"),
    [
        (
            Ask("gemini-x", said=(Message("system", "Be brief."), USER)),
            "/models/gemini-x:generateContent",
            {
                "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
                "systemInstruction": {"parts": [{"text": "Be brief."}]},
            },
        ),
        (
            Ask("fault:x@0.5", (TOOL,), (USER,), "tool:f", stream=True, max_tokens=9),
            "/models/fault:x@0.5:streamGenerateContent?alt=sse",
            {
                "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
                "tools": [
                    {
                        "functionDeclarations": [
                            {"name": "f", "description": "adds", "parametersJsonSchema": SCHEMA}
                        ]
                    }
                ],
                "toolConfig": {
                    "functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}
                },
                "generationConfig": {"maxOutputTokens": 9},
            },
        ),
    ],
)
def test_a_question_as_the_reference_has_it(ask, path, sent):
    request = GEMINI.request(ask)
    assert (request.path, request.body) == (path, sent)
    assert GEMINI.read_request(request.body, path=path) == ask


@pytest.mark.parametrize(
    ("choice", "config"),
    [("required", {"mode": "ANY"}), ("none", {"mode": "NONE"}), ("auto", None)],
)
def test_the_choice_of_tools(choice, config):
    sent = GEMINI.request(Ask("m", (TOOL,), (USER,), choice))
    assert sent.body.get("toolConfig") == (config and {"functionCallingConfig": config})
    assert GEMINI.read_request(sent.body, path=sent.path).tool_choice == choice


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ({"allOf": [{"type": "STRING"}]}, 'Unknown name "allOf" at'),
        ({"items": {"const": 1}}, "properties[0].value.items': Cannot find field"),
        (
            {"any_of": [{}, {"type": ["string", "null"]}]},
            "any_of[1]': Proto field is not repeating",
        ),
        ({"items": {"properties": {"const": {"type": "STRING"}}}, "min_items": 1}, None),
        ({"enum": ["a"], "default": {"const": 1}, "additionalProperties": {"oneOf": []}}, None),
    ],
)
def test_a_keyword_that_parameters_has_not_is_refused_as_by_google(node, said):
    """https://github.com/musistudio/claude-code-router/issues/187 has their words."""
    schema = {"type": "OBJECT", "properties": {"const": node}}
    told = {
        "contents": [],
        "tools": [{"function_declarations": [{"name": "f", "parameters": schema}]}],
    }
    refused = GEMINI.serving.refuses(Request("/models/m:generateContent", told))
    assert said in refused if said else refused is None
    # Any JSON Schema may stand in the other field.
    told["tools"][0]["function_declarations"][0]["parametersJsonSchema"] = schema
    del told["tools"][0]["function_declarations"][0]["parameters"]
    assert GEMINI.serving.refuses(Request("/models/m:generateContent", told)) is None


def test_the_users_fields_join_what_is_there():
    ask = Ask("m", said=(USER,), max_tokens=9)
    sent = GEMINI.request(ask, params={"generationConfig": {"temperature": 0}, "labels": {"a": 1}})
    assert sent.body["generationConfig"] == {"maxOutputTokens": 9, "temperature": 0}
    assert sent.body["labels"] == {"a": 1}


def test_the_key_goes_into_its_own_header():
    assert GEMINI.headers("k") == {"x-goog-api-key": "k"}
    assert GEMINI.headers(None) == {}


def test_what_was_signed_goes_back_as_it_came():
    """A thought signature is opaque and belongs to its part; only the first call carries one."""
    thought = {"text": "Hm.", "thought": True, "thoughtSignature": "AQI="}
    reply = plain(body(thought, called({"n": 1}, thoughtSignature="Aw=="), called({"n": 2})))
    assert [call.extra for call in reply.calls] == ["Aw==", None]
    results = (ToolResult(None, "f", "one"), ToolResult(None, "f", "two"))
    said = (USER, Called(reply), Answered(results))
    contents = GEMINI.request(Ask("m", (TOOL,), said)).body["contents"]
    assert contents[1] == {
        "role": "model",
        "parts": [thought, called({"n": 1}, thoughtSignature="Aw=="), called({"n": 2})],
    }
    assert contents[2] == {
        "role": "user",
        "parts": [
            {"functionResponse": {"name": "f", "response": {"output": text}}}
            for text in ("one", "two")
        ],
    }


def test_ids_go_back_where_there_are_any():
    reply = plain(body({"functionCall": {"id": "c1", "name": "f", "args": {}}}))
    said = (USER, Called(reply), Answered((ToolResult("c1", "f", "one"),)))
    _, again, answer = GEMINI.request(Ask("m", (TOOL,), said)).body["contents"]
    assert again["parts"][0]["functionCall"]["id"] == "c1"
    assert answer["parts"][0]["functionResponse"]["id"] == "c1"


def test_unsigned_thoughts_and_arguments_that_json_cannot_say_stay_behind():
    raw = b'{"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},{"text":"So."},'
    raw += b'{"functionCall":{"name":"f","args":{"n":NaN}}}],"role":"model"}}]}'
    said = (USER, Called(plain(raw)))
    parts = GEMINI.request(Ask("m", (TOOL,), said)).body["contents"][1]["parts"]
    assert parts == [{"text": "So."}, called({})]


def test_the_sdks_own_spelling_of_a_request():
    """Dicts go out as they are (snake_case); functions become OpenAPI schemas in capitals."""
    sent = {
        "contents": [{"parts": [{"text": "hi"}], "role": "user"}],
        "tools": [
            {"function_declarations": [{"name": "a", "parameters_json_schema": SCHEMA}]},
            {
                "functionDeclarations": [
                    {
                        "name": "b",
                        "parameters": {
                            "type": "OBJECT",
                            "properties": {
                                "type": {"type": "STRING", "nullable": True, "enum": ["X"]},
                                "list": {
                                    "type": "ARRAY",
                                    "items": {"type": "INTEGER"},
                                    "minItems": "2",
                                },
                            },
                            "required": ["list"],
                        },
                    }
                ]
            },
        ],
        "toolConfig": {"function_calling_config": {"mode": "any"}},
        "generationConfig": {"max_output_tokens": 7},
    }
    path = "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
    ask = GEMINI.read_request(sent, path=path)
    assert (ask.model, ask.stream, ask.tool_choice, ask.max_tokens) == (
        "gemini-x",
        True,
        "required",
        7,
    )
    assert ask.tools[0].parameters == SCHEMA
    assert ask.tools[1].parameters == {
        "type": "object",
        "properties": {
            "type": {"type": ["string", "null"], "enum": ["X", None]},
            "list": {"type": "array", "items": {"type": "integer"}, "minItems": 2},
        },
        "required": ["list"],
    }
    assert guess(sent, path).name == guess(sent).name == "gemini"


@pytest.mark.parametrize("junk", [{}, {"contents": 1}, {"contents": [1, {"parts": "x"}]}])
@pytest.mark.parametrize("more", [{}, {"tools": [1]}, {"toolConfig": 1, "generationConfig": []}])
def test_any_body_is_read_somehow(junk, more):
    assert GEMINI.read_request({**junk, **more}, path="") == Ask()


# --- replies


def test_a_reply_with_everything():
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 3, "thoughtsTokenCount": 4}
    reply = plain(
        body(
            {"text": "Hm.", "thought": True}, {"text": "So"}, called({"n": 1}), usageMetadata=usage
        )
    )
    assert reply.problems == ()
    assert (reply.reasoning, reply.text, reply.model) == ("Hm.", "So", "gemini-x")
    assert [(c.name, c.arguments_raw, c.id) for c in reply.calls] == [("f", '{"n":1}', None)]
    assert (reply.finish_reason, reply.finish, reply.ended) == ("STOP", "tool_calls", True)
    assert reply.usage == Usage(5, 7)
    assert reply.extra == ()


def test_arguments_keep_number_tokens_and_duplicate_keys():
    raw = b'{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":'
    raw += b'{"a": 1.0, "b": 1e2, "a": 9007199254740993}}}]}}]}'
    assert plain(raw).calls[0].arguments_raw == '{"a":1.0,"b":1e2,"a":9007199254740993}'


def test_arguments_left_out_are_none():
    reply = plain(body({"functionCall": {"name": "f"}}))
    assert reply.calls[0].arguments_raw == "{}"


@pytest.mark.parametrize("args", ['{"n":1}', 5, [1], True])
def test_arguments_of_another_type_are_handed_on(args):
    (call,) = plain(body(called(args))).calls
    assert (call.arguments_raw, call.arguments) == (None, args)


@pytest.mark.parametrize(
    ("word", "finish"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "refusal"),
        ("PROHIBITED_CONTENT", "refusal"),
        ("MALFORMED_FUNCTION_CALL", "other"),
        (None, None),
    ],
)
def test_finish_reasons(word, finish):
    assert plain(body({"text": "x"}, finish=word)).finish == finish


def test_a_blocked_prompt_is_a_refusal():
    for reply in (
        plain({"promptFeedback": {"blockReason": "SAFETY"}}),
        streamed({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {}}),
    ):
        assert (reply.finish, reply.finish_reason, reply.ended) == ("refusal", "SAFETY", True)
        assert reply.problems == ()


def test_a_call_that_the_service_itself_could_not_read():
    reply = plain(
        {
            "candidates": [
                {
                    "content": {},
                    "finishReason": "MALFORMED_FUNCTION_CALL",
                    "finishMessage": "Malformed function call: call:f{n=",
                }
            ]
        }
    )
    assert (reply.calls, reply.finish_reason) == ((), "MALFORMED_FUNCTION_CALL")
    assert reply.problems == ()


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"candidates": {}}, "envelope"),
        ({"candidates": [1]}, "bad-field"),
        ({"candidates": [{"content": "x"}]}, "bad-field"),
        ({"candidates": [{"content": {"parts": {}}}]}, "bad-field"),
        ({"candidates": [{"content": {"parts": ["x"]}}]}, "bad-field"),
        ({"candidates": [{"content": {"parts": [{"functionCall": "f"}]}}]}, "bad-field"),
        ({"candidates": [{"finishReason": 1}]}, "bad-field"),
        ({"candidates": [{"index": 1}]}, "choice-index"),
        ({"response": body({"text": "x"})}, "envelope"),
        (body({"function_call": {"name": "f", "args": {}}}), "call-type"),
    ],
)
def test_what_the_format_does_not_allow_is_noted(wrong, kind):
    assert kind in [problem.kind for problem in plain(wrong).problems]


@pytest.mark.parametrize("holder", [dict, list])
def test_the_error_of_an_http_error(holder):
    error = {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}
    sent = {"error": error}
    data = json.dumps(sent if holder is dict else [sent]).encode()
    reply = GEMINI.read(Attempt(0, 0, 0, 400, {}, ((0, data),)), stream=False)
    assert reply.error == error


# --- streams


def test_a_stream_brings_whole_calls():
    reply = streamed(
        body({"text": "Hm.", "thought": True}, finish=None),
        body(called({"n": 1}, thoughtSignature="AQI="), finish=None),
        body(called({"n": 2}), finish=None),
        body({"text": ""}),
    )
    assert reply.problems == ()
    assert [c.arguments_raw for c in reply.calls] == ['{"n":1}', '{"n":2}']
    assert (reply.reasoning, reply.finish, reply.ended) == ("Hm.", "tool_calls", True)
    assert (reply.fragments, reply.chunk_ids) == ((), ("r",))


def test_a_stream_has_ended_when_a_finish_reason_came():
    assert not streamed(body({"text": "x"}, finish=None)).ended


def test_an_error_may_come_inside_a_stream():
    error = {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}
    assert streamed(body({"text": "x"}, finish=None), {"error": error}).error == error


@pytest.mark.parametrize(
    "data",
    [
        b": keep-alive\r\n\r\n" + events(body({"text": "x"})),
        b"event: message\r\n" + events(body({"text": "x"})),
        events(body({"text": "x"})).replace(b"data: ", b"data:"),
        b"\xef\xbb\xbf" + events(body({"text": "x"})),
        events(body({"text": "x"})) + b"data: [DONE]\r\n\r\n",
    ],
    ids=["comment", "event", "no blank", "byte order mark", "done"],
)
def test_what_only_the_sse_standard_allows_is_noted(data):
    """Google's clients for Python and Go raise at each of these."""
    reply = streamed(data)
    assert [problem.kind for problem in reply.problems] == ["envelope"]
    assert reply.text == "x"


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\r\r"])
def test_any_line_end_will_do(end):
    assert streamed(events(body({"text": "x\u2028\x85"}), end=end)).problems == ()


# --- recorded exchanges


@pytest.mark.parametrize("named", [True, False])
def test_recorded_exchanges_are_judged(tmp_path, named):
    """The format is known by its name, or by ``contents`` in the request."""
    request = GEMINI.request(Ask("m", (TOOL,), (USER,))).body
    expect = {"calls": [{"name": "f", "arguments": {"n": 1}}]}
    answers = [
        ({"status": 200, "body": body(called({"n": 1}))}, []),
        ({"status": 200, "body": body(called({"n": "1"}))}, ["number-as-string"]),
        ({"status": 200, "body": body(called('{"n":1}'))}, ["anthropic-input-inline"]),
        ({"status": 200, "body": body({"text": "No."})}, ["no-call"]),
        (
            {"status": 200, "body": body(finish="MALFORMED_FUNCTION_CALL")},
            ["provider-refused-call"],
        ),
        ({"sse": events(body(called({"n": 1}), finish=None), body({"text": ""})).decode()}, []),
        (
            {"sse": events(body(called({"n": 1}), finish=None)).decode()},
            ["stream-no-finish"],
        ),
        ({"sse": ": ping\n\n" + events(body(called({"n": 1}))).decode()}, ["envelope-nonstandard"]),
    ]
    lines = [
        {"id": str(n), "request": request, "response": answer, "expect": expect}
        | ({"format": "gemini"} if named else {})
        for n, (answer, _) in enumerate(answers)
    ]
    path = tmp_path / "e.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    judged = list(judge_file(path, Policy()))
    assert [[f.slug for f in one.judgement.findings] for one in judged] == [
        slugs for _, slugs in answers
    ]
