"""Group A: argument strings, each with its look-alikes."""

import json
from typing import Any

import pytest
from judge_calls import ABSENT, UNKNOWN, document, judged, slugs

from toolfuzz.core.json import parse

CITY = {"city": "Paris", "days": 3}
RAW = json.dumps(CITY)
NEEDS_CITY = {"type": "object", "properties": {"city": {}, "days": {}}, "required": ["city"]}


@pytest.mark.parametrize(
    ("raw", "slug", "value"),
    [
        (CITY, "args-is-object", CITY),
        ([CITY], "args-is-object", None),
        (42, "args-non-object", None),
        (ABSENT, "args-null-or-absent", None),
        (None, "args-null-or-absent", None),
        ("", "args-empty-string", None),
        (" \n", "args-empty-string", None),
        (json.dumps(RAW), "args-double-encoded", CITY),
        (json.dumps(json.dumps(RAW)), "args-double-encoded", CITY),
        ("[1,2,3]", "args-non-object", None),
        ("null", "args-non-object", None),
        ('"Paris"', "args-non-object", None),
        ("true", "args-non-object", None),
        (RAW[:-1], "args-truncated", None),
        (RAW + RAW, "args-concatenated", CITY),
        (RAW + "\n" + RAW, "args-concatenated", CITY),
        (RAW + "," + '{"city": "Rome"}', "args-concatenated", CITY),
        ('{"city": "Rome"}' + RAW, "args-concatenated", CITY),
        (RAW + RAW[:5], "args-concatenated", CITY),
        (RAW + " done.", "args-trailing-garbage", CITY),
        (RAW + "}", "args-trailing-garbage", CITY),
        (RAW + "\n</tool_call>", "args-native-markup", CITY),
        ("{" + RAW, "args-trailing-garbage", CITY),
        ("Here you are: " + RAW, "args-trailing-garbage", CITY),
        (f"```json\n{RAW}\n```", "args-code-fence", CITY),
        (f"```\n{RAW}\n```", "args-code-fence", CITY),
        (f"```json\n{RAW}", "args-code-fence", CITY),
        ("{'city': 'Paris', 'days': 3}", "args-python-literal", CITY),
        ('{"city":Paris,"days":3}', "args-unquoted-value", CITY),
        ('{"city": Paris","days":3}', "args-unquoted-value", CITY),
        ('{"city":"Paris","days":3,}', "args-trailing-comma", CITY),
        ('{"city":"Paris", // here\n"days":3 /* long */}', "args-trailing-comma", CITY),
        ("city equals Paris", "args-unparsable", None),
        ('{"city":"Paris" "days":3}', "args-unparsable", None),
        ("<arg_key>city</arg_key><arg_value>Paris</arg_value>", "args-native-markup", None),
        ('{"city":"Paris","city":"Paris","days":3}', "args-duplicate-keys", CITY),
        ('{"city":"Paris","city":"Rome","days":3}', "args-duplicate-keys", CITY),
        ('{"city":"Rome","city":"Paris","days":3}', "args-duplicate-keys", CITY),
    ],
)
def test_each_fault_is_named_once_and_mended(raw: Any, slug: str, value: Any) -> None:
    found = document(raw, expected=CITY, schema=NEEDS_CITY)
    assert slugs(list(found.findings)) == [slug]
    assert found.value == value


@pytest.mark.parametrize(
    ("raw", "expected", "slug"),
    [
        ('{"on":True,"tag":None}', {"on": True, "tag": None}, "args-python-literal"),
        ('{"tag":None}', {"tag": "None"}, "args-unquoted-value"),
        ('{"path":"E:\\Folder\\a.md"}', {"path": "E:\\Folder\\a.md"}, "args-bad-escape"),
        ('{"path":"E:\\new\\Folder"}', {"path": "E:\\new\\Folder"}, "args-bad-escape"),
        ('{"q":"it\\\'s"}', {"q": "it's"}, "args-bad-escape"),
        ('{"text":"a\nb\tc"}', {"text": "a\nb\tc"}, "args-raw-control-char"),
        ('{"items":[1,2,],}', {"items": [1, 2]}, "args-trailing-comma"),
        ('{"id":8c1f-77,"n":1}', {"id": "8c1f-77", "n": 1}, "args-unquoted-value"),
        ('{"url":https://a.example/x,"n":1}', {"url": "https://a.example/x", "n": 1},
         "args-unquoted-value"),
        ('{"v":["a",b]}', {"v": ["a", "b"]}, "args-unquoted-value"),
    ],
)  # fmt: skip
def test_what_was_mended_is_the_right_answer(raw: str, expected: Any, slug: str) -> None:
    assert slugs(judged(raw, expected=expected)) == [slug]


def test_several_faults_at_once_are_all_named() -> None:
    found = document(
        '```json\n{"text":"a\nb","days":3,}\n```', expected={"text": "a\nb", "days": 3}
    )
    assert slugs(list(found.findings)) == [
        "args-code-fence",
        "args-raw-control-char",
        "args-trailing-comma",
    ]
    assert found.value == {"text": "a\nb", "days": 3}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (RAW, CITY),
        (f"  {RAW}\n", CITY),
        (json.dumps(CITY, indent=2), CITY),
        ('{"days":3,"city":"Paris"}', CITY),
        ("{}", {}),
        (r'{"text":"a\nb \u0041 \/"}', {"text": "a\nb A /"}),
        ('{"code":"```json\\n{}\\n```"}', {"code": "```json\n{}\n```"}),
        ('{"code":"{\'a\': True, }"}', {"code": "{'a': True, }"}),
        ('{"text":"</parameter> <tool_call>"}', {"text": "</parameter> <tool_call>"}),
        (r'{"path":"C:\\new\\table"}', {"path": "C:\\new\\table"}),
        (r'{"text":"\\u4eac"}', {"text": "\\u4eac"}),
        (r'{"half":"\ud83d\ude00"}', {"half": "😀"}),
    ],
)
def test_legal_texts_give_no_error(raw: str, expected: Any) -> None:
    assert [f for f in judged(raw, expected=expected) if f.severity != "info"] == []


def test_empty_arguments_are_an_error_also_where_nothing_is_lost() -> None:
    none_needed = {"type": "object", "properties": {}}
    for raw in ("", " "):
        found = document(raw, expected={}, schema=none_needed)
        assert [(f.slug, f.severity) for f in found.findings] == [("args-empty-string", "error")]
        assert found.value == {}
    found = document("", schema=none_needed)
    assert [f.severity for f in found.findings] == ["error"]
    assert document("", expected=CITY).findings[0].severity == "error"


def test_no_delta_is_how_anthropic_streams_an_empty_object() -> None:
    found = document("", expected={}, api="anthropic-messages", stream=True)
    assert found.findings == () and found.value == {}


def test_two_empty_objects_are_read_by_the_number_of_calls() -> None:
    once = document("{}{}", expected={}).findings[0]
    twice = document("{}{}", expected={}, calls=2).findings[0]
    assert once.slug == twice.slug == "args-concatenated"
    assert "again" in once.message and "2 calls" in twice.message


def test_a_cut_that_finish_reason_announces_is_a_note() -> None:
    assert document(RAW[:9], finish="length").findings[0].severity == "info"
    assert document(RAW[:9], finish="tool_calls").findings[0].severity == "error"


@pytest.mark.parametrize(
    "value",
    [
        {"on": True, "off": False, "none": None, "n": [-1.5e10, 0], "o": {"é\n\\": [{}, []]}},
        {"text": 'quote " backslash \\ newline \n', "deep": {"a": {"b": {"c": [1, [2, [3]]]}}}},
    ],
)
def test_a_cut_at_any_position_is_truncation(value: Any) -> None:
    raw = json.dumps(value)
    for end in range(1, len(raw)):
        found = document(raw[:end], expected=value)
        assert slugs(list(found.findings)) == ["args-truncated"], raw[:end]


@pytest.mark.parametrize(
    ("raw", "place"),
    [('{"v": NaN}', "/v"), ('{"a": [1, -Infinity]}', "/a/1"), ('{"v": 1e999}', "/v")],
)
def test_numbers_that_json_does_not_have(raw: str, place: str) -> None:
    (found,) = judged(raw, expected={"v": 1} if "v" in raw else {"a": [1, 2]})
    assert (found.slug, found.pointer) == ("args-nonfinite", place)


def test_a_lone_surrogate_is_named_once() -> None:
    (found,) = judged('{"v": "a \\ud83d"}', expected={"v": "a 😀"})
    assert (found.slug, found.pointer) == ("args-unicode-corrupt", "/v")
    assert found.actual == "\\ud83d"


def test_escaped_text_is_a_note_only() -> None:
    (found,) = judged('{"city":"\\u5317\\u4eac"}', expected={"city": "北京"})
    assert (found.slug, found.severity) == ("args-ascii-escaped", "info")
    assert judged('{"city":"Paris\\u0020"}', expected={"city": "Paris "}) == []


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"on": "trutrue}', {"on": True}),
        ('{"on": "ffalse, "n": 1}', {"on": False, "n": 1}),
        ('{"on": "nulnull}', {"on": None}),
        ('{"n": "1212}', {"n": 12}),
        ('{"n": "11234, "m": 1}', {"n": 1234, "m": 1}),
    ],
)
def test_a_literal_that_was_sent_twice_in_a_stream(raw: str, expected: Any) -> None:
    assert slugs(judged(raw, expected=expected, stream=True)) == ["partial-literal-corruption"]
    assert slugs(judged(raw, expected=expected, stream=False)) != ["partial-literal-corruption"]


def test_a_string_that_looks_like_a_split_literal_was_cut() -> None:
    found = judged('{"q": "trutrue}', expected={"q": "trutrue} and more"}, stream=True)
    assert slugs(found) == ["args-truncated"]


def test_the_lost_head_of_an_object() -> None:
    for raw in ('"city":"Paris","days":3}', 'city":"Paris","days":3}'):
        assert slugs(list(document(raw, expected=CITY, stream=True).findings)) == [
            "stream-head-lost"
        ]


def test_markup_of_the_right_answer_is_not_blamed_for_a_broken_string() -> None:
    raw = '{"text": "<tool_call>" "x": 1}'
    assert slugs(judged(raw, expected={"text": "<tool_call>", "x": 1})) == ["args-unparsable"]


@pytest.mark.parametrize(
    "raw", ["[" * 100_000, '{"a":' * 5000, "1" * 5000, '{"n":' + "9" * 5000 + "}"]
)
def test_hostile_texts_are_findings(raw: str) -> None:
    (found,) = document(raw, expected=CITY).findings
    assert found.severity == "error"


@pytest.mark.parametrize(
    "raw",
    [
        '"' + '\\"' * 60_000,
        "{" + "/*" * 60_000,
        '{"a":' + ' "x" ' * 60_000,
        "{'a':" + "(" * 100_000,
        "{" + '"a":1,' * 49_000,
        "<|" * 60_000,
        "{}" * 50_000,
        '{"a":"' + "\n" * 300_000 + '"}',
        "{" + "a:b," * 60_000 + "}",
        '{"a":"' + "1" * 300_000,
        '{"a":' + "-" * 100_000 + "1}",
    ],
    ids=range(11),
)
def test_hostile_texts_take_linear_time(raw: str) -> None:
    import time

    start = time.process_time()
    document(raw, expected={"a": "x"}, stream=True)
    assert time.process_time() - start < 3


def test_findings_carry_no_more_than_an_excerpt() -> None:
    (found,) = document('{"a":"' + "x" * 100_000, expected=UNKNOWN).findings
    assert len(str(found.actual)) < 400


@pytest.mark.parametrize("token", ["NaN", "-Infinity", "1e999"])
def test_what_is_no_json_can_still_be_written_to_a_journal(token: str) -> None:
    value = parse(token).value
    found = document(value).findings
    assert slugs(list(found)) == ["args-non-object"]
    json.dumps(found[0].actual, allow_nan=False)


def test_a_number_that_breaks_is_not_cut_off() -> None:
    assert slugs(list(document('{"a": 1.e').findings)) == ["args-unparsable"]
    assert slugs(list(document('{"a": 1.').findings)) == ["args-truncated"]
