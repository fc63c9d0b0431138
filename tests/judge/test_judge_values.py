"""Groups B and C: values beside the right answer, each with its look-alikes."""

import json
from typing import Any

import pytest
from judge_calls import found_in, judged, open_schema, slugs

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Turn
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.pairing import Pair

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}
BOOLEAN = {"type": "boolean"}
OBJECT = {"type": "object"}
STRINGS = {"type": "array", "items": STRING}
INTEGERS = {"type": "array", "items": INTEGER}
NULLABLE = {"anyOf": [STRING, {"type": "null"}]}
EITHER = {"anyOf": [STRING, OBJECT]}
ANY_OBJECTS = {"type": "array", "items": OBJECT}


@pytest.mark.parametrize(
    ("schema", "expected", "came", "slug"),
    [
        (OBJECT, {"a": 1}, '{"a":1}', "object-as-json-string"),
        (OBJECT, {"a": 1}, '"{\\"a\\":1}"', "object-as-json-string"),
        (OBJECT, {}, "{}", "object-as-json-string"),
        (EITHER, {"a": 1}, '{"a": 1}', "object-as-json-string"),
        (ANY_OBJECTS, [{"id": 1}], '[{"id": 1}]', "array-as-json-string"),
        (STRINGS, [], "[]", "array-as-json-string"),
        (OBJECT, {"a": 1, "b": True}, "{'a': 1, 'b': True}", "container-as-python-repr"),
        (INTEGERS, [1, 2], "(1, 2)", "container-as-python-repr"),
        (OBJECT, {"a": 1}, "\t\t", "container-as-opaque-string"),
        (OBJECT, {"name": "Bob"}, "name=Bob", "container-as-opaque-string"),
        (OBJECT, {"a": 1}, '{"a": 1', "container-as-opaque-string"),
        (OBJECT, {"a": 1}, "<arg_key>a</arg_key><arg_value>1", "args-native-markup"),
        (INTEGER, 10, "10", "number-as-string"),
        (NUMBER, -1.5, "-1.5", "number-as-string"),
        (INTEGER, 10, "12", "number-as-string"),
        (BOOLEAN, True, "true", "boolean-as-string"),
        (BOOLEAN, False, "False", "boolean-as-string"),
        (BOOLEAN, True, 1, "boolean-as-alias"),
        (BOOLEAN, False, "no", "boolean-as-alias"),
        (BOOLEAN, True, "on", "boolean-as-alias"),
        (NULLABLE, None, "None", "null-as-string"),
        (NULLABLE, None, "null", "null-as-string"),
        (NULLABLE, "/var/log", None, "value-nulled"),
        (STRING, "/var/log", None, "value-nulled"),
        (STRING, "02134", 2134, "string-as-scalar"),
        (STRING, "true", True, "string-as-scalar"),
        (STRING, "null", None, "string-as-scalar"),
        (STRING, "1e5", 100000.0, "string-as-scalar"),
        (STRING, "123_456", 123456, "string-as-scalar"),
        (STRING, "0x10", 16, "string-as-scalar"),
        (STRING, "123_456", "123456", "string-normalised"),
        (STRING, "02134", "2134", "string-normalised"),
        (STRING, "+1", "1", "string-normalised"),
        (STRING, "1e5", "100000.0", "string-normalised"),
        (STRING, "null", "None", "string-normalised"),
        (STRING, '{"a":1}', '{"a": 1}', "string-normalised"),
        (STRING, '{"a":1}', {"a": 1}, "string-as-container"),
        (STRING, "[1,2]", [1, 2], "string-as-container"),
        (STRING, "[label]: text", ["label"], "string-as-container"),
        (STRING, "SKILL.md", '["SKILL.md"]', "string-array-wrapped"),
        (STRING, "SKILL.md", ["SKILL.md"], "string-array-wrapped"),
        (STRINGS, ["https://a.example"], "https://a.example", "scalar-for-array"),
        (INTEGERS, [5], 5, "scalar-for-array"),
        (ANY_OBJECTS, [{"a": 1}], {"a": 1}, "scalar-for-array"),
        (STRINGS, ["bug", "ui"], "bug,ui", "array-as-delimited-string"),
        (STRINGS, ["bug", "ui"], "bug; ui", "array-as-delimited-string"),
        (INTEGERS, [1, 2], "1, 2", "array-as-delimited-string"),
        (INTEGERS, [14], {"item": 14}, "array-item-wrapped"),
        (INTEGERS, [1, 2], [{"item": 1}, {"item": 2}], "array-item-wrapped"),
        (INTEGERS, [1, 2], {"items": [1, 2]}, "array-item-wrapped"),
        (INTEGER, 2512292042121000001, 2512292042121000000, "integer-precision-loss"),
        (INTEGER, 9007199254740993, 9007199254740992, "integer-precision-loss"),
        (STRING, "    if x:\n", "if x:", "whitespace-stripped"),
        (STRING, "a\n", "a", "whitespace-stripped"),
        (STRING, "a\r\n", "a\n", "whitespace-stripped"),
        (STRING, "\u00a0a", "a", "whitespace-stripped"),
        (STRING, "   ", "", "whitespace-stripped"),
        (STRING, "Paris", "\nParis\n", "whitespace-added"),
        (STRING, "", "\n", "whitespace-added"),
        (STRING, "a && b < c", "a &amp;&amp; b &lt; c", "html-entity-encoded"),
        (STRING, "Tom &amp; Jerry", "Tom & Jerry", "html-entity-decoded"),
        (STRING, "ends with </parameter> here.", "ends with ", "delimiter-truncated"),
        (STRING, "ends with </arg_value> here.", "ends with", "delimiter-truncated"),
        (STRING, "a <|im_end|> b", "a ", "delimiter-truncated"),
        (STRING, "a\nb", "a\\nb", "escape-level-shift"),
        (STRING, "C:\\bin\\app.exe", "C:\bin\\app.exe", "escape-level-shift"),
        (STRING, "C:\\new\\table", "C:\new\table", "escape-level-shift"),
        (STRING, "\\d+", "\\\\d+", "escape-level-shift"),
        (STRING, 'say "hi"', 'say \\"hi\\"', "escape-level-shift"),
        (STRING, "Paris", '"Paris"', "escape-level-shift"),
        (STRING, "Paris", "", "value-emptied"),
        (STRING, "مرحبا", "", "value-emptied"),
        (STRING, "Paris", " ", "value-emptied"),
        (STRING, "weather Paris", "</think> weather Paris", "reasoning-leak-in-args"),
        (STRING, "a <think> b", "</think>a <think> b", "reasoning-leak-in-args"),
        (STRING, "Paris", "Paris</parameter>", "args-native-markup"),
        (STRING, "日本", "\ufffd\ufffd", "args-unicode-corrupt"),
        (STRING, "é", "Ã©", "args-unicode-corrupt"),
        (STRING, "e\u0301", "é", "args-unicode-corrupt"),
        (STRING, "日本 a", "日木 a", "args-unicode-corrupt"),
        (STRING, "naïve", "na?ve", "args-unicode-corrupt"),
        (STRING, "日本 a", "日 a", "args-unicode-corrupt"),
        (STRING, "日本 a", "æ—¥æœ¬ a", "args-unicode-corrupt"),
        (STRING, "日本", "鏃ユ湰", "args-unicode-corrupt"),
        (STRING, "a 😀", "a \uf600", "args-unicode-corrupt"),
        (STRING, "北京", "東京", "value-changed"),
        (STRING, "price: 5 €", "price: 5 £", "value-changed"),
        (STRING, "日本 a", "日本 b", "value-changed"),
        (STRING, '{"a": 1}', '{"a":1}', "string-normalised"),
        (STRING, '{"a": 1}', '{"a": 1.0}', "string-normalised"),
        (STRING, '{"a":1}', '{"a":true}', "value-changed"),
        (STRING, "[1]", "[true]", "value-changed"),
        (STRING, "[1]", [1], "string-as-container"),
        (STRING, "[1]", [True], "string-as-container"),
        (INTEGERS, [1], True, "value-changed"),
        (STRING, "Paris", "Rome", "value-changed"),
        (INTEGER, 3, 4, "value-changed"),
        (BOOLEAN, True, False, "value-changed"),
        (NUMBER, 0.3, 0.30000000000000004, "value-changed"),
        (STRINGS, ["a", "b"], ["a"], "value-changed"),
        (INTEGER, 1, True, "value-changed"),
        (NUMBER, 0, False, "value-changed"),
        (STRING, "12", 13, "value-changed"),
        (STRING, "abc def", "abc", "value-changed"),
        # Whitespace and entities changed: the finer of the two is named.
        (STRING, " a & b ", "a &amp; b", "html-entity-encoded"),
    ],
)  # fmt: skip
def test_each_change_has_one_name(schema: Any, expected: Any, came: Any, slug: str) -> None:
    found = judged({"v": came}, expected={"v": expected}, schema=open_schema(v=schema))
    assert [(f.slug, f.pointer, f.call) for f in found] == [(slug, "/v", 0)]
    assert found[0].schema_pointer == "/properties/v" and found[0].shape


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (STRING, '{"a": 1}'),
        (STRING, "[1, 2]"),
        (STRING, '["SKILL.md"]'),
        (STRING, "true"),
        (STRING, "null"),
        (STRING, "02134"),
        (STRING, "1e5"),
        (STRING, "  padded\n"),
        (STRING, ""),
        (STRING, "&amp; &#39; <b>"),
        (STRING, "a </parameter> <arg_value> <tool_call> <think> <|im_end|> b"),
        (STRING, "C:\\new\\table \\d+ 'q' \"r\""),
        (STRING, "\ufffd 日本 👩‍👩‍👧 e\u0301 \u2028"),
        (STRING, "```json"),
        (STRING, "x" * 10_000),
        (EITHER, '{"a": 1}'),
        (EITHER, {"a": 1}),
        (NULLABLE, None),
        (NULLABLE, "None"),
        (INTEGER, 9007199254740993),
        (NUMBER, 0.1),
        (NUMBER, 1e21),
        (NUMBER, -0.0),
        (BOOLEAN, False),
        (INTEGERS, []),
        (OBJECT, {}),
    ],
)
@pytest.mark.parametrize("escaped", [False, True])
def test_what_was_asked_for_gives_nothing(schema: Any, value: Any, escaped: bool) -> None:
    raw = json.dumps({"v": value}, ensure_ascii=escaped)
    found = judged(raw, expected={"v": value}, schema=open_schema(v=schema))
    assert [f for f in found if f.slug != "args-ascii-escaped"] == []


@pytest.mark.parametrize(
    ("schema", "expected", "token", "slug", "severity"),
    [
        (INTEGER, 120000, "120000.0", "integer-as-float", "warn"),
        (INTEGER, 100000, "1e5", "integer-as-float", "warn"),
        (NUMBER, 3, "3.0", "number-lexical-drift", "info"),
        (NUMBER, 1.5, "1.50", "number-lexical-drift", "info"),
        (NUMBER, 0, "-0", "number-lexical-drift", "info"),
        (NUMBER, 3.0, "3", "number-lexical-drift", "info"),
    ],
)
def test_spellings_of_a_number(
    schema: Any, expected: Any, token: str, slug: str, severity: str
) -> None:
    found = judged(f'{{"v": {token}}}', expected={"v": expected}, schema=open_schema(v=schema))
    assert [(f.slug, f.severity) for f in found] == [(slug, severity)]


DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_6 = "http://json-schema.org/draft-06/schema#"


@pytest.mark.parametrize(("draft", "severity"), [(DRAFT_4, "error"), (DRAFT_6, "warn")])
def test_draft_4_calls_no_float_an_integer(draft: str, severity: str) -> None:
    schema = {"$schema": draft, **open_schema(v=INTEGER)}
    found = judged('{"v": 5.0}', expected={"v": 5}, schema=schema)
    assert [(f.slug, f.severity) for f in found] == [("integer-as-float", severity)]
    alone = judged('{"v": 5.0}', schema=schema)
    assert slugs(alone) == (["integer-as-float"] if severity == "error" else [])


def test_long_integers_are_numbers() -> None:
    for digits in ("1" * 4001, "-" + "1" * 4300):
        raw = f'{{"v": {digits}}}'
        assert judged(raw, expected={"v": int(digits)}, schema=open_schema(v=INTEGER)) == []
        found = judged(f'{{"v": "{digits}"}}', expected={"v": int(digits)})
        assert slugs(found) == ["number-as-string"]


def test_containers_further_in() -> None:
    schema = open_schema(data={"type": "object", "properties": {"task": OBJECT}}, list=ANY_OBJECTS)
    expected = {"data": {"task": {"id": 1}}, "list": [{"h": "x"}]}
    came = {"data": {"task": '{"id":1}'}, "list": ['{"h":"x"}']}
    found = judged(came, expected=expected, schema=schema)
    assert [(f.slug, f.pointer) for f in found] == [("nested-stringified", "/data/task")]
    assert "2 places" in found[0].message


def test_the_walk_goes_on_inside_what_was_stringified() -> None:
    schema = open_schema(data={"type": "object", "properties": {"n": INTEGER, "s": STRING}})
    expected = {"data": {"n": 1, "s": "x"}}
    found = judged({"data": '{"n":"1","s":"x"}'}, expected=expected, schema=schema)
    assert slugs(found) == ["object-as-json-string", "number-as-string"]
    assert found[1].pointer == "/data/n"
    assert "not valid inside" in found[0].message


def test_a_cause_at_places_of_one_shape_is_one_finding() -> None:
    schema = open_schema(a=INTEGER, b=INTEGER, c=NUMBER, d=STRING)
    expected = {"a": 1, "b": 2, "c": 3.5, "d": "x"}
    found = judged({"a": "1", "b": "2", "c": "3.5", "d": "x"}, expected=expected, schema=schema)
    assert [(f.slug, f.pointer, f.shape) for f in found] == [
        ("number-as-string", "/a", "integer"),
        ("number-as-string", "/c", "number"),
    ]


def test_a_subtree_of_which_nothing_is_right_is_reported_at_its_top() -> None:
    inner = {"type": "object", "properties": {"a": STRING, "b": INTEGER}}
    schema = open_schema(left=inner, right=STRING)
    expected = {"left": {"a": "x", "b": 1}, "right": "y"}
    found = judged({"left": {"a": "q", "b": 9}, "right": "y"}, expected=expected, schema=schema)
    assert [(f.slug, f.pointer) for f in found] == [("value-changed", "/left")]
    found = judged({"left": {"a": "q", "b": 9}, "right": "z"}, expected=expected, schema=schema)
    assert [(f.slug, f.pointer) for f in found] == [("value-changed", "")]
    assert found[0].actual == {"left": {"a": "q", "b": 9}, "right": "z"}


def test_keys_with_slashes_are_escaped_in_pointers() -> None:
    found = judged({"a/b~c": 2}, expected={"a/b~c": 1}, schema=open_schema(**{"a/b~c": INTEGER}))
    assert found[0].pointer == "/a~1b~0c"
    assert found[0].schema_pointer == "/properties/a~1b~0c"


def test_many_differences_are_bounded() -> None:
    expected = {f"k{n}": n for n in range(5000)}
    came = {key: str(n) for key, n in expected.items()}
    (found,) = judged(came, expected=expected, schema={"type": "object"})
    assert found.slug == "number-as-string"


@pytest.mark.parametrize("wrong", [False, True])
def test_deep_values(wrong: bool) -> None:
    def nested(leaf: Any) -> Any:
        value = leaf
        for _ in range(500):
            value = {"n": value}
        return value

    found = judged(nested(2 if wrong else 1), expected=nested(1), schema={"type": "object"})
    assert slugs(found) == (["value-changed"] if wrong else [])
    tree = {"$ref": "#/$defs/T", "$defs": {"T": {"properties": {"n": {"$ref": "#/$defs/T"}}}}}
    judged(nested(1), schema=tree)
    judged(nested("x"), expected=nested(1), schema=tree)


def test_a_difference_too_deep_to_locate_is_still_found() -> None:
    deep: Any = "x"
    for _ in range(600):
        deep = [deep]
    pair = {"type": "array", "prefixItems": [{"type": "array"}, INTEGER]}
    found = judged({"v": [1, deep]}, expected={"v": [deep, 1]}, schema=open_schema(v=pair))
    assert [f.severity for f in found] == ["error"]


def test_an_unknown_tool_is_judged_by_the_right_answer() -> None:
    call = ToolCall("call_1", "g", '{"n": "1"}')
    wanted = ExpectedCall("f", {"n": 1})
    turn = Turn((), Expectation("calls", (wanted,)))
    reply = Reply("openai-chat", False, 200, calls=(call,))
    case = Case("generated", "echo", (), (), (turn,))
    found = found_in(Pair(0, call, None, wanted), Facts(case, 0, reply))
    assert slugs(found) == ["number-as-string"]


def test_large_values_take_seconds() -> None:
    import time

    text = "a </b> &amp; \\n " * 100_000
    many = {f"k{n}": [n, str(n)] for n in range(20_000)}
    start = time.process_time()
    assert judged({"v": text}, expected={"v": text}, schema=open_schema(v=STRING)) == []
    assert slugs(judged({"v": text[:-1]}, expected={"v": text})) == ["whitespace-stripped"]
    assert slugs(judged({"v": text[1:]}, expected={"v": text})) == ["value-changed"]
    assert judged(many, expected=many, schema={"type": "object"}) == []
    assert judged(many, schema={"type": "object", "additionalProperties": {"type": "array"}}) == []
    assert time.process_time() - start < 15


def test_many_thousand_keys_take_seconds() -> None:
    import time

    right = {f"aB_{n}": n for n in range(20_000)}
    start = time.process_time()
    other = {f"x{n}": n for n in range(20_000)}
    assert slugs(judged(other, expected=right)) == ["value-changed"]
    assert slugs(judged({**right, **other}, expected=right)) == ["unknown-param"]
    renamed = {f"a_b{n}": n for n in range(20_000)}
    assert slugs(judged(renamed, expected=right)) == ["param-renamed"]
    assert time.process_time() - start < 20
