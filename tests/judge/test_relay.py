"""What a gateway changes is found where it was changed; what means the same is nobody's mistake."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from toolfuzz.core.ask import Answered, Ask, Called, ToolResult
from toolfuzz.core.case import Message, Tool
from toolfuzz.core.reply import Reply, ToolCall, Usage
from toolfuzz.formats import wire_format
from toolfuzz.formats.history import replied
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.relay.difference import Difference
from toolfuzz.judge.relay.history import history_changes
from toolfuzz.judge.relay.limits import limits_of, said_in
from toolfuzz.judge.relay.names import named, new_names
from toolfuzz.judge.relay.parameters import parameters_added
from toolfuzz.judge.relay.refusals import not_forwarded, refused_upstream
from toolfuzz.judge.relay.replies import reply_changes
from toolfuzz.judge.relay.requests import request_changes
from toolfuzz.judge.relay.schemas import changes
from toolfuzz.judge.relay.tearing import torn

NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/N"}, "n": {"type": "integer"}}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "count": {"type": "integer", "minimum": 1, "description": "How many."},
        "kind": {"enum": ["a", "b"]},
        "node": {"$ref": "#/$defs/N"},
        "any": {"type": ["string", "null"]},
        "all": {"allOf": [{"type": "object", "required": ["x"]}]},
        "beside": {"$ref": "#/$defs/N", "minProperties": 1},
        "several": {"type": ["string", "array"], "items": {"type": "string"}},
    },
    "required": ["count", "kind"],
    "$defs": {"N": NODE},
}


def but(path: str, value: Any = None) -> dict[str, Any]:
    """The schema with a place set to something, or gone."""
    made: dict[str, Any] = deepcopy(SCHEMA)
    *steps, last = path.split("/")
    node = made
    for step in steps:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return made


def told(found: Sequence[Difference]) -> list[tuple[str, str]]:
    return [(one.slug, one.kind) for one in found if one.severity == "error"]


@pytest.mark.parametrize(
    ("arrived", "found"),
    [
        (but("properties/count/minimum"), [("relay-schema-dropped", "minimum")]),
        (but("properties/kind"), [("relay-schema-dropped", "a property")]),
        (but("properties/kind/enum"), [("relay-schema-dropped", "enum")]),
        (but("properties/count/type", "number"), [("relay-schema-changed", "type")]),
        (
            but("properties/node", {"$ref": "#/$defs/N", "minProperties": 1}),
            [("relay-schema-added", "minProperties")],
        ),
        (but("properties/node", {"type": "object"}), [("relay-schema-dropped", "$ref")]),
        (but("properties/all", {}), [("relay-schema-dropped", "allOf")]),
        (but("properties/beside", NODE), [("relay-schema-dropped", "beside $ref")]),
        (but("properties/several/items/type", "object"), [("relay-schema-changed", "type")]),
        (but("properties/any/type", "string"), [("relay-schema-dropped", "nullable")]),
        (but("properties/kind/enum", ["a"]), [("relay-schema-changed", "enum")]),
        (but("additionalProperties", False), [("relay-schema-added", "additionalProperties")]),
        (but("required"), [("relay-schema-dropped", "required")]),
        (but("$defs", {}), [("relay-ref-dangling", "$ref")]),
        (but("$defs/N/properties/n"), [("relay-schema-dropped", "a property")]),
        ({"type": "object"}, [("relay-schema-dropped", "properties")]),
    ],
)
def test_what_a_schema_loses_or_gains_is_named_by_its_keyword(
    arrived: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert found[0] in told(list(changes(SCHEMA, arrived, "tools/f/parameters")))


STARTS = {"type": "object", "properties": {"a": {"const": "start"}}, "required": ["a"]}
STOPS = {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]}


@pytest.mark.parametrize(
    ("given", "arrived", "found"),
    [
        (
            {"properties": {"a": {}, "title": {}}, "required": ["a", "title"]},
            {"properties": {"a": {}}, "required": ["a"]},
            [("relay-schema-dropped", "a property")],
        ),
        (
            {"properties": {"a": {}, "title": {}}, "required": ["a", "title"]},
            {"properties": {"a": {}}, "required": ["title"]},
            [("relay-schema-dropped", "a property"), ("relay-schema-changed", "required")],
        ),
        ({"oneOf": [STARTS, STOPS]}, STARTS, [("relay-schema-dropped", "oneOf")]),
        (
            {"oneOf": [STARTS, STOPS]},
            {**STARTS, "minProperties": 1},
            [("relay-schema-dropped", "oneOf"), ("relay-schema-added", "minProperties")],
        ),
    ],
)
def test_what_follows_from_a_loss_is_no_cause_of_its_own(
    given: dict[str, Any], arrived: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    both = [{"properties": {"p": schema}} for schema in (given, arrived)]
    assert told(list(changes(both[0], both[1], ""))) == found


@pytest.mark.parametrize(
    "arrived",
    [
        SCHEMA,
        dict(reversed(SCHEMA.items())),
        but("required", ["kind", "count"]),
        but("properties/any/type", ["null", "string"]),
        but("$schema", "https://json-schema.org/draft/2020-12/schema"),
        but("additionalProperties", True),
        but("properties/node", NODE),
        but("properties/beside", {**NODE, "minProperties": 1}),
        but("properties/all", {"type": "object", "required": ["x"]}),
        but(
            "properties/several",
            {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]},
        ),
    ],
    ids=str,
)
def test_what_means_the_same_is_no_difference(arrived: dict[str, Any]) -> None:
    assert told(list(changes(SCHEMA, arrived, ""))) == []


NULLABLE = {"type": ["string", "null"], "description": "A text."}
RECURSIVE = {"$defs": {"N": {"properties": {"n": {"$ref": "#/$defs/N"}}}}, "$ref": "#/$defs/N"}


@pytest.mark.parametrize(
    ("given", "arrived"),
    [
        (NULLABLE, {"type": "string", "nullable": True, "description": "A text."}),
        (NULLABLE, {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "A text."}),
        (
            {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]},
            {"type": ["array", "null"], "items": {"type": "string"}},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {"type": ["integer", "null", "string"]},
        ),
        (
            {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]},
            {"type": "string", "nullable": True},
        ),
        ({"enum": ["a", None]}, {"type": "string", "enum": ["a"], "nullable": True}),
        ({"const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"allOf": [{"$ref": "#/$defs/A"}], "title": "T"}, {"type": "string", "title": "T"}),
        ({"type": "array", "items": {}}, {"type": "array"}),
    ],
    ids=str,
)
def test_one_meaning_may_be_spelled_in_several_ways(
    given: dict[str, Any], arrived: dict[str, Any]
) -> None:
    both = [
        {"properties": {"p": schema}, "$defs": {"A": {"type": "string"}}}
        for schema in (given, arrived)
    ]
    assert told(list(changes(both[0], both[1], ""))) == []
    assert told(list(changes({**both[0], "properties": {"p": {}}}, both[1], ""))) != []


def test_unions_at_the_top_are_refused_by_services_so_losing_them_is_a_warning() -> None:
    union = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    found = list(changes({**SCHEMA, **union}, SCHEMA, "tools/f/parameters"))
    assert [(one.severity, one.kind) for one in found] == [("warn", "no word for it")]
    below = {"properties": {"u": union}}, {"properties": {"u": {}}}
    assert told(list(changes(*below, "tools/f/parameters"))) == [("relay-schema-dropped", "anyOf")]


def test_references_in_a_circle_come_to_an_end() -> None:
    circle = {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}},
    }
    assert list(changes(circle, {"type": "object"}, "")) != []
    assert [one.severity for one in changes(RECURSIVE, {**RECURSIVE, "title": "T"}, "")] == ["info"]


@pytest.mark.parametrize("bare", [{}, {"type": "object"}, {"type": "object", "properties": {}}])
def test_no_parameters_may_be_spelled_in_several_ways(bare: dict[str, Any]) -> None:
    assert told(list(changes(bare, {"type": "object", "properties": {}, "required": []}, ""))) == []


TOOL = Tool("f", "Does it.", SCHEMA)
OTHER = Tool("g", "Does that.", {"type": "object"})
ASK = Ask(
    tools=(TOOL, OTHER),
    said=(
        Message("system", "Be brief."),
        Message("user", "Call f."),
        replied(calls=(ToolCall("a", "f", '{"count": 1}'), ToolCall("b", "g", "{}"))),
        Answered((ToolResult("a", "f", "one"), ToolResult("b", "g", "two"))),
    ),
)


def history(*parts: Any) -> Ask:
    return replace(ASK, said=(*ASK.said[:2], *parts))


CALLS = replied(calls=(ToolCall("x", "f", '{"count":1}'), ToolCall("y", "g", None, {})))
RESULTS = Answered((ToolResult("y", "g", "two"), ToolResult("x", "f", "one")))


@pytest.mark.parametrize(
    ("arrived", "found"),
    [
        (replace(ASK, tools=()), ["relay-tool-dropped", "relay-tool-dropped"]),
        (replace(ASK, tools=(TOOL,)), ["relay-tool-dropped"]),
        (replace(ASK, tools=(TOOL, OTHER, Tool("h", "", {}))), ["relay-tool-added"]),
        (replace(ASK, tools=(replace(TOOL, description="Do"), OTHER)), ["relay-tool-description"]),
        (replace(ASK, tool_choice="required"), ["relay-tool-choice"]),
        (replace(ASK, parallel=False), ["relay-parallel-changed"]),
        (replace(ASK, said=ASK.said[1:]), ["relay-message-changed"]),
        (replace(ASK, said=(Message("user", "Be brief.\nCall f."), *ASK.said[2:])),
         ["relay-message-changed"]),
        (history(), ["relay-history-changed"]),
        (history(CALLS), ["relay-result-changed"] * 2),
        (
            history(CALLS, Answered((ToolResult("x", "f", "two"), ToolResult("y", "g", "one")))),
            ["relay-result-changed"] * 2,
        ),
        (
            history(replied(calls=(ToolCall("x", "f", "{}"), ToolCall("y", "g", "{}"))), RESULTS),
            ["relay-history-changed"],
        ),
        (
            history(CALLS, Answered((ToolResult("x", "filler", "one"), *RESULTS.results[:1]))),
            ["relay-result-changed"],
        ),
        (
            replace(ASK, tools=(OTHER, Tool("h", "Does it.", {"type": "object"}))),
            ["relay-tool-dropped", "relay-tool-added"],
        ),
    ],
)  # fmt: skip
def test_what_a_request_loses_on_the_way(arrived: Ask, found: list[str]) -> None:
    assert [slug for slug, _ in told(list(request_changes(ASK, arrived)))] == found


ONE_OF_TWO = replace(ASK, tool_choice="required", allowed=("f",))


@pytest.mark.parametrize(
    ("sent", "arrived"),
    [
        (ONE_OF_TWO, replace(ASK, tools=(TOOL,), tool_choice="required")),
        (ONE_OF_TWO, replace(ASK, tool_choice="tool:f")),
        (replace(ASK, tools=(TOOL,), tool_choice="tool:f"),
         replace(ASK, tools=(TOOL,), tool_choice="required")),
        (replace(ASK, allowed=("f", "g")), ASK),
    ],
)  # fmt: skip
def test_one_demand_may_be_spelled_in_several_ways(sent: Ask, arrived: Ask) -> None:
    assert list(request_changes(sent, arrived)) == []
    other = replace(arrived, tool_choice="auto", allowed=("g",))
    assert "relay-tool-choice" in dict(told(list(request_changes(sent, other))))


@pytest.mark.parametrize(
    "arrived",
    [
        ASK,
        replace(ASK, tools=(OTHER, TOOL)),
        replace(ASK, parallel=True, max_tokens=4096, stream=True, model="another"),
        history(CALLS, RESULTS),
        replace(ASK, said=(Message("system", " Be  brief.\n"), *ASK.said[1:])),
    ],
)
def test_other_ids_orders_and_limits_are_no_difference(arrived: Ask) -> None:
    assert told(list(request_changes(ASK, arrived))) == []


def test_a_tool_may_be_renamed_wherever_it_is_named() -> None:
    """That is a warning, once a tool, not a difference of all that names it."""
    forced = replace(ASK, tool_choice="tool:f", allowed=("f",))
    names = new_names(forced.tools, (replace(TOOL, name="a_f"), OTHER))
    assert names == {"f": "a_f"}
    found = list(request_changes(forced, named(forced, names)))
    assert [(one.slug, one.severity) for one in found] == [("relay-tool-renamed", "warn")]
    assert told(list(request_changes(forced, replace(named(forced, names), said=ASK.said)))) != []


@pytest.mark.parametrize(("front", "changes"), [("gemini", 0), ("openai-chat", 2)])
def test_a_front_door_without_a_word_for_it_was_never_told(front: str, changes: int) -> None:
    meant = replace(ASK, parallel=False, tools=(replace(TOOL, strict=True), OTHER))
    sent = said_in(wire_format(front), meant)
    assert len(list(request_changes(sent, ASK))) == changes


@pytest.mark.parametrize(
    ("given", "came", "kind"),
    [
        ('{"part": "x"}', '"{\\"part\\": \\"x\\"}"', "quoted"),
        ('"{\\"part\\": \\"x\\"}"', '{"part": "x"}', "unquoted"),
        ("begun", '[{"type": "text", "text": "begun"}]', "parts as JSON"),
        ("begun", '{"result": "[{\\"text\\": \\"begun\\"}]"}', "parts as JSON"),
        ("begun", "begun…", "text"),
        ("null", "[{", "text"),
    ],
)
def test_what_became_of_a_result_is_told(given: str, came: str, kind: str) -> None:
    call = replied(calls=(ToolCall("a", "f", "{}"),))
    one, other = ([call, Answered((ToolResult("a", "f", text),))] for text in (given, came))
    assert told(list(history_changes(one, other))) == [("relay-result-changed", kind)]


def test_results_without_ids_pair_by_the_names_of_their_tools() -> None:
    calls = replied(calls=(ToolCall(None, "f", "{}"), ToolCall(None, "g", "{}")))
    sent = [calls, Answered((ToolResult(None, "f", "1"), ToolResult(None, "g", "2")))]
    swapped = [calls, Answered((ToolResult(None, "g", "2"), ToolResult(None, "f", "1")))]
    same_tool = [calls, Answered((ToolResult(None, "f", "2"), ToolResult(None, "f", "1")))]
    assert told(list(history_changes(sent, swapped))) == []
    assert told(list(history_changes(sent, same_tool))) != []


TWICE = replied(calls=(ToolCall("a", "f", "{}"), ToolCall("b", "f", "{}")))
DIGITS = replied(calls=(ToolCall("a", "f", '{"n": [9007199254740993]}'),))
ROUNDED = replied(calls=(ToolCall("a", "f", '{"n": [9007199254740992]}'),))


@pytest.mark.parametrize(
    ("sent", "arrived", "kind"),
    [
        (TWICE, replied(calls=TWICE.reply.calls[:1]), "equal calls merged"),
        (TWICE, replied(), "lost"),
        (DIGITS, ROUNDED, "integer"),
        (DIGITS, replied(calls=(ToolCall("a", "f", "{}"),)), "all lost"),
    ],
)
def test_kinds_of_changes_in_the_history_are_told_apart(
    sent: Called, arrived: Called, kind: str
) -> None:
    found = list(history_changes([sent], [arrived]))
    assert told(found) == [("relay-history-changed", kind)]


@pytest.mark.parametrize(
    ("given", "arrived", "alike"),
    [
        ('{"part": "x"}', '{"part":"x"}', True),
        ("begun", '{"content": "begun"}', True),
        ('{"error": "call again"}', "call again", True),
        ('"begun"', '{"content": "\\"begun\\""}', True),
        ('{"n": 1}', '{"n": 1.0}', False),
        ("begun", '[{"type": "text", "text": "begun"}]', False),
        ("null", "", False),
        ('{"a": 1, "b": 2}', '{"a": 1}', False),
    ],
)
def test_a_result_may_stand_under_a_key_that_a_format_needs(
    given: str, arrived: str, alike: bool
) -> None:
    one, other = (Answered((ToolResult("a", None, text),)) for text in (given, arrived))
    assert (told(list(history_changes([DIGITS, one], [DIGITS, other]))) == []) is alike


A = {"type": "object", "properties": {"a": {"type": "string"}}}
B = {"type": "object", "properties": {"b": {"type": "array"}}}
GEMINI = wire_format("gemini")


def declared(key: str, parameters: dict[str, Any]) -> tuple[Ask, dict[str, Any]]:
    body = {"contents": [], "tools": [{"functionDeclarations": [{"name": "f", key: parameters}]}]}
    return GEMINI.read_request(body), body


@pytest.mark.parametrize(
    ("given", "arrived", "found"),
    [
        ({"additionalProperties": False}, {}, []),
        ({"properties": {"n": {"enum": [1, 2]}}}, {"properties": {"n": {"type": "INTEGER"}}}, []),
        ({"properties": {"l": {"type": "array"}}},
         {"properties": {"l": {"type": "ARRAY", "items": {"type": "OBJECT"}}}},
         [("relay-schema-added", "type")]),
        ({"properties": {"n": {"enum": [1, 2]}}}, {"properties": {"n": {"type": "OBJECT"}}},
         [("relay-schema-added", "type")]),
        ({"properties": {"u": {"oneOf": [A, B]}}}, {"properties": {"u": {"anyOf": [A, B]}}}, []),
        ({"properties": {"u": {"oneOf": [A, B]}}}, {"properties": {"u": {}}},
         [("relay-schema-dropped", "oneOf")]),
        (RECURSIVE, {"properties": {"n": {"type": "object"}}}, []),
        ({"properties": {"a": A, "b": {"$ref": "#/properties/a"}}},
         {"properties": {"a": A, "b": {"type": "object"}}}, [("relay-schema-dropped", "$ref")]),
        ({"properties": {"n": {"type": "number", "minimum": 1}}},
         {"properties": {"n": {"type": "NUMBER"}}}, [("relay-schema-dropped", "minimum")]),
        ({"properties": {"t": {"enum": ["a"]}}}, {"properties": {"t": {"type": "STRING"}}},
         [("relay-schema-dropped", "enum")]),
    ],
)  # fmt: skip
def test_what_a_format_has_no_word_for_is_a_warning(
    given: dict[str, Any], arrived: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    """The same is lost for no reason where ``parametersJsonSchema`` takes all of JSON Schema."""
    sent = replace(ASK, tools=(Tool("f", None, {"type": "object", **given}),), said=())
    ask, body = declared("parameters", {"type": "OBJECT", **arrived})
    changed = list(request_changes(sent, ask, limits_of(GEMINI, sent, body)))
    assert told(changed) == found
    ask, body = declared("parametersJsonSchema", {"type": "object"})
    assert told(list(request_changes(sent, ask, limits_of(GEMINI, sent, body)))) != []


def test_a_choice_that_a_format_has_no_word_for_is_a_warning() -> None:
    sent = replace(ASK, parallel=False, allowed=("f",))
    for name, gravity in (("gemini", "warn"), ("openai-chat", "error")):
        limits = limits_of(wire_format(name), sent, {})
        found = list(request_changes(sent, replace(ASK), limits))
        assert [(one.slug, one.severity) for one in found] == [
            ("relay-tool-choice", gravity), ("relay-parallel-changed", gravity)
        ]  # fmt: skip


def came(*calls: tuple[str, str], **changed: Any) -> Reply:
    made = tuple(ToolCall(f"id{n}", name, raw) for n, (name, raw) in enumerate(calls))
    reply = Reply("openai-chat", False, 200, calls=made, finish="tool_calls")
    return structs.replace(reply, **changed)


TWO = came(("f", '{"n": 9007199254740993}'), ("g", '{"t": "a\\u2028b", "x": null}'))


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (came(("f", '{"n": 9007199254740993}')), [("relay-call-lost", "")]),
        (structs.replace(TWO, calls=TWO.calls[::-1]), [("relay-calls-reordered", "")]),
        (
            came(("f", '{"n": 9007199254740992}'), ("g", '{"t": "a\\u2028b", "x": null}')),
            [("relay-arguments-changed", "integer")],
        ),
        (
            came(("f", '{"n": "9007199254740993"}'), ("g", '{"t": "a\\u2028b", "x": null}')),
            [("relay-arguments-changed", "integer to string")],
        ),
        (
            came(("f", '{"n": 9007199254740993}'), ("g", '{"t": "a\\u2028b"}')),
            [("relay-arguments-changed", "null lost")],
        ),
        (structs.replace(TWO, finish="stop"), [("relay-finish-changed", "tool_calls to stop")]),
        (structs.replace(TWO, finish=None), [("relay-finish-changed", "lost")]),
        (structs.replace(TWO, text="Hello"), [("relay-text-changed", "")]),
        (structs.replace(TWO, status=500), [("relay-status-changed", "200 to 500")]),
        (structs.replace(TWO, calls=(structs.replace(TWO.calls[0], name="F"), TWO.calls[1])),
         [("relay-call-renamed", "")]),
    ],
)  # fmt: skip
def test_what_a_reply_loses_on_the_way(reply: Reply, found: list[tuple[str, str]]) -> None:
    assert told(list(reply_changes(TWO, reply))) == found


@pytest.mark.parametrize(
    "reply",
    [
        TWO,
        came(("f", '{"n":9007199254740993}'), ("g", '{"x":null,"t":"a\u2028b"}')),
        structs.replace(
            TWO, calls=tuple(structs.replace(c, id=f"other{n}") for n, c in enumerate(TWO.calls))
        ),
        structs.replace(TWO, usage=Usage(1, 2), model="another"),
    ],
)
def test_other_ids_spellings_and_counts_are_no_difference(reply: Reply) -> None:
    assert told(list(reply_changes(TWO, reply))) == []


def failed(status: int, message: str) -> Reply:
    return Reply("openai-chat", False, status, error={"message": message})


@pytest.mark.parametrize(
    ("status", "message", "kind", "severity"),
    [
        (400, "Invalid: x.APIError: 'bool' object has no attribute 'get'\nTraceback …\n a: b",
         "'bool' object has no attribute 'get'", "error"),
        (500, "x.APIError: 'bool' object has no attribute 'get'",
         "'bool' object has no attribute 'get'", "error"),
        (500, "", "500", "error"),
        (400, "Bedrock doesn't support tool_choice=none.", "unsupported", "warn"),
        (400, "allowed_tools is only supported for openai", "unsupported", "warn"),
        (500, "x is not supported", "x is not supported", "error"),
    ],
)  # fmt: skip
def test_requests_that_nobody_was_asked_are_told_apart_by_their_words(
    status: int, message: str, kind: str, severity: str
) -> None:
    found = not_forwarded(failed(status, message))
    assert (found.kind, found.severity) == (kind, severity)
    assert refused_upstream(failed(400, "tools[7]: no name")).kind == "no name"


def test_a_stream_is_torn_at_ends_of_lines_of_unicode() -> None:
    """Escaping them is no tearing, and so is losing them where nothing was streamed."""
    sent = came(("f", '{"t": "a\u2028b\x85"}'), stream=True)
    assert told(list(torn(sent, came(("f", '{"t": "ab"}')).calls))) == [("relay-stream-torn", "")]
    assert not list(torn(sent, ()))
    assert not list(torn(sent, came(("f", '{"t": "a\\u2028b\\u0085"}')).calls))
    assert not list(torn(structs.replace(sent, stream=False), came(("f", "{}")).calls))


@pytest.mark.parametrize(
    ("arrived", "found"),
    [
        ({"top_k": -1, "min_p": 0.0}, ["top_k"]),
        ({"temperature": 0.7}, ["temperature"]),
        ({"generationConfig": {"temperature": 0.7, "maxOutputTokens": 9}}, ["temperature"]),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, ["thinking"]),
        # Named by the client, what the formats say of nothing, and how it is carried.
        ({"seed": 3}, []),
        ({"temperature": 1.0, "top_p": 1, "n": 1, "truncation": "disabled"}, []),
        ({"max_tokens": 4096, "stream_options": {"include_usage": True}, "user": "u"}, []),
        ({"stop": None, "stop_sequences": [], "logprobs": False}, []),
    ],
)
def test_parameters_that_nobody_sent_are_told(arrived: dict[str, Any], found: list[str]) -> None:
    sent = {"model": "m", "messages": [], "seed": 3}
    told = list(parameters_added(sent, {"model": "other", "messages": [], **arrived}))
    assert [one.kind for one in told] == found
    assert all(one.severity == "warn" for one in told)


def test_every_difference_has_a_page() -> None:
    """And says of itself how grave it is at most."""
    pages = {slug for slug, entry in defects().items() if entry.shows_in == "relay"}
    found = [
        *request_changes(ASK, replace(ASK, tools=(replace(TOOL, strict=True),), said=())),
        *reply_changes(TWO, structs.replace(TWO, calls=(), finish="stop", text="x")),
    ]
    assert {one.slug for one in found} <= pages
