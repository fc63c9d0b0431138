"""The mechanism behind the GLM profiles: untyped text, and how parsers misread it."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native import NotExpressible, families
from toolfuzz.formats import wire_format
from toolfuzz.formats.plan import Call, ReplyPlan
from toolfuzz.simulate.faults import Roll, Trigger, faults
from toolfuzz.simulate.parsers.readers import READERS, argument, by_schema
from toolfuzz.simulate.parsers.tags import GLM, MINIMAX, QWEN, TAGGED, split

FAMILIES = {"glm": "glm45", "qwen-xml": "qwen3_coder", "minimax": "minimax_m2"}
CONFIG = {"type": "object", "properties": {"a": {"type": "integer"}}}
SCHEMA = {
    "type": "object",
    "$defs": {"config": CONFIG, "word": {"type": "string"}},
    "properties": {
        "typed": CONFIG,
        "ref": {"$ref": "#/$defs/config"},
        "word": {"$ref": "#/$defs/word"},
        "nullable": {"anyOf": [{"$ref": "#/$defs/config"}, {"type": "null"}]},
        "listed": {"type": ["array", "null"]},
        "loose": {"anyOf": [{"type": "string"}, {"type": "object"}]},
        "all": {"allOf": [{"$ref": "#/$defs/config"}]},
        "mixed": {"enum": [1, "one"]},
        "level": {"enum": [1, 2]},
        "text": {"type": "string"},
        "maybe": {"type": ["string", "null"]},
        "count": {"type": "integer"},
        "ratio": {"type": "number"},
        "flag": {"type": "boolean"},
    },
}
ROOT_UNION = {"anyOf": [{"type": "object", "properties": {"typed": CONFIG}}]}
TOOL = Tool("import_data", "Imports.", SCHEMA)


@pytest.mark.parametrize(
    ("reader", "key", "text", "stream", "value"),
    [
        ("quote-all", "typed", '{"a": 1}', False, '{"a": 1}'),
        ("quote-all", "count", "5", False, "5"),
        ("top-level-type-only", "typed", '{"a": 1}', False, {"a": 1}),
        ("top-level-type-only", "ref", '{"a": 1}', False, '{"a": 1}'),
        ("top-level-type-only", "nullable", '{"a": 1}', False, '{"a": 1}'),
        ("top-level-type-only", "nullable", "null", False, "null"),
        ("top-level-type-only", "listed", "[]", False, "[]"),
        ("top-level-type-only", "word", "5", False, "5"),
        ("top-level-type-only", "text", "5", False, "5"),
        ("top-level-type-only", "level", "2", False, 2),
        ("top-level-type-only", "undeclared", "2", False, "2"),
        ("string-wins-union", "loose", '{"a": 1}', False, '{"a": 1}'),
        ("string-wins-union", "all", '{"a": 1}', False, '{"a": 1}'),
        ("string-wins-union", "mixed", "1", False, "1"),
        ("string-wins-union", "nullable", '{"a": 1}', False, {"a": 1}),
        ("type-at-open", "ref", '{"a": 1}', True, '{"a": 1}'),
        ("type-at-open", "ref", '{"a": 1}', False, {"a": 1}),
        ("type-at-open", "typed", '{"a": 1}', True, {"a": 1}),
        ("objects-as-text", "typed", '{"a": 1}', False, '{"a": 1}'),
        ("objects-as-text", "listed", "[1]", False, [1]),
        ("literal-eval", "text", "123_456", False, "123456"),
        ("literal-eval", "text", "1e5", False, "100000.0"),
        ("literal-eval", "text", "007", False, "007"),
        ("literal-eval", "count", "7", False, 7),
        ("strip", "text", "  a\n", False, "a"),
        ("null-wins", "nullable", '{"a": 1}', False, None),
        ("null-wins", "maybe", "a", False, None),
        ("null-wins", "text", "a", False, "a"),
        ("null-text", "nullable", "null", False, "null"),
        ("guess", "text", "[1, 2]", False, [1, 2]),
        ("guess", "text", "true", False, True),
        ("unescape-entities", "text", "a &amp; b", False, "a & b"),
        ("first-branch", "loose", '{"a": 1}', False, '{"a": 1}'),
        ("first-branch", "nullable", '{"a": 1}', False, {"a": 1}),
    ],
)
def test_readers(reader, key, text, stream, value):
    assert READERS[reader](argument(text, key, SCHEMA, stream)) == value


def test_top_level_unions_have_no_properties_to_look_in():
    given = argument('{"a": 1}', "typed", ROOT_UNION, False)
    assert READERS["top-level-type-only"](given) == '{"a": 1}'
    assert by_schema(given) == {"a": 1}


RIGHT = {
    "typed": {"a": 1},
    "ref": {"a": 2},
    "nullable": None,
    "listed": [1, "x"],
    "all": {"a": 3},
    "level": 2,
    "text": "007",
    "count": 7,
    "ratio": 0.5,
    "flag": True,
}


@pytest.mark.parametrize("tagged", TAGGED.values(), ids=lambda t: t.name)
@pytest.mark.parametrize("key", RIGHT)
def test_the_right_reader_gets_typed_values_back(tagged, key):
    (part,) = split(tagged, tagged.write([Call(TOOL.name, {key: RIGHT[key]})]))
    value = by_schema(argument(part.values[key], key, SCHEMA, False))
    assert value == RIGHT[key] and type(value) is type(RIGHT[key])


texts = st.text(st.characters(codec="utf-8")) | st.sampled_from(
    ["</arg_value>", "a</parameter>\nb", "<tool_call>", "\n", " x ", "</tool_call>\n<tool_call>"]
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), texts), min_size=1, max_size=3))
@pytest.mark.parametrize("tagged", TAGGED.values(), ids=lambda t: t.name)
def test_texts_are_the_ones_that_engines_are_tried_with(tagged, arguments):
    properties = {key: {"type": "string"} for key in "abc"}
    tool = Tool("import_data", "", {"type": "object", "properties": properties})
    calls = [ExpectedCall(tool.name, a) for a in arguments]
    try:
        text = families()[FAMILIES[tagged.name]].render(calls, [tool])
    except NotExpressible:
        return
    written = [Call(tool.name, a) for a in arguments]
    assert tagged.write(written) == text
    assert [part.values for part in split(tagged, text)] == arguments


@pytest.mark.parametrize(
    ("tagged", "value", "kept", "rest"),
    [
        (GLM, "a </arg_value> b", "a ", " b</arg_value>"),
        (MINIMAX, "a </parameter> b", "a ", " b</parameter>"),
        (QWEN, "a </parameter> b", "a ", " b\n</parameter>"),
    ],
)
def test_a_closing_tag_inside_a_value(tagged, value, kept, rest):
    text = tagged.write([Call("f", {"x": value, "y": "z"})])
    (honest,) = split(tagged, text)
    assert honest.values == {"x": value, "y": "z"}
    (fooled,) = split(tagged, text, first_close=True)
    assert fooled.values == {"x": kept, "y": "z"}
    assert fooled.rest == rest


def strike(slug, *calls, stream=False):
    ask = Ask("m", (TOOL,), stream=stream)
    reply = ReplyPlan(ask, "r", calls=[Call(TOOL.name, arguments) for arguments in calls])
    struck = faults()[slug].apply(reply, Roll(Random(0), Trigger(), wire_format("openai-chat")))
    return struck, reply


def test_the_glm_defect_needs_the_schema_shape():
    struck, reply = strike("glm/top-level-type-only", {"typed": {"a": 1}, "count": 3})
    assert not struck and reply.calls[0].arguments == {"typed": {"a": 1}, "count": 3}
    struck, reply = strike("glm/top-level-type-only", {"ref": {"a": 1}, "count": 3})
    assert struck and reply.calls[0].arguments == {"ref": '{"a": 1}', "count": 3}


def test_bad_readers_add_up():
    struck, reply = strike("glm/top-level-type-only", {"ref": {"a": 1}, "text": " x "})
    assert struck
    struck = faults()["glm/strip"].apply(reply, Roll(None, Trigger(), wire_format("openai-chat")))
    assert struck and reply.calls[0].arguments == {"ref": '{"a": 1}', "text": "x"}


def test_zero_arguments():
    struck, reply = strike("glm/no-zero-arg", {})
    assert struck and not reply.calls
    assert reply.text == "<tool_call>import_data\n</tool_call>"
    struck, reply = strike("glm/double-empty", {})
    assert struck and reply.calls[0].raw == "{}{}"
    for slug in ("glm/no-zero-arg", "glm/double-empty"):
        assert not strike(slug, {"count": 1})[0]


def test_values_pasted_into_the_stream():
    struck, reply = strike("glm/raw-passthrough", {"text": "a", "maybe": "b", "typed": {"a": 1}})
    assert struck
    assert reply.calls[0].raw == '{"text": "a", "maybe": b, "typed": {"a": 1}}'
    assert not strike("glm/raw-passthrough", {"text": "a", "count": 1})[0]


def test_nested_tags():
    struck, reply = strike("glm/nested-as-markup", {"typed": {"a": 1}})
    expected = "\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n"
    assert struck and reply.calls[0].arguments == {"typed": expected}


def test_python_values():
    struck, reply = strike("qwen-xml/python-values", {"typed": {"a": None}, "flag": True})
    assert struck and reply.calls[0].arguments == {"typed": "{'a': None}", "flag": "True"}
