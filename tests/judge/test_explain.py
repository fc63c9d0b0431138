"""Facts and what explains them: one fact, one explanation, and the certain before the likely."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.judge.arguments import read
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.explain import explain, explains_text
from toolfuzz.judge.violations import violations
from toolfuzz.judge.walk import differences

WORDS = ["", " ", "1", "true", "null", "None", "red", "a, b", "Paris ", "x", '"x"', "\\n", "\n"]
ODD = [
    "[1]",
    '{"a": 1}',
    "{'a': 1}",
    "</think>",
    "<arg_key>",
    "a </parameter> b",
    "Ã©",
    "é",
    "&amp;",
    "&",
]
TEXTS = st.sampled_from(WORDS + ODD)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.sampled_from([0, 1, 5, 1.5, 5.0, 2**60 + 1]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "b", "A", "item", "kind"]), inner, max_size=2)
    ),
    max_leaves=4,
)
PARTS: list[dict[str, Any]] = [
    {},
    {"type": "string"},
    {"type": "integer"},
    {"type": "boolean"},
    {"type": ["string", "null"]},
    {"enum": ["red", "Red", 1]},
    {"const": "x"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
    {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    {"anyOf": [{"type": "integer"}, {"type": "array"}, {"type": "null"}]},
]


def explained(fact: Any) -> list[str]:
    return [defect.slug for defect, _ in explain(fact)]


@settings(max_examples=400, deadline=None)
@given(right=VALUES, came=VALUES, schema=st.sampled_from(PARTS), required=st.booleans())
def test_a_fact_has_one_explanation(right: Any, came: Any, schema: Any, required: bool) -> None:
    root = {"type": "object", "properties": {"v": schema}, "required": ["v"] * required}
    for fact in differences({"v": right}, {"v": came}, root, "f"):
        assert len(explained(fact)) == 1, fact
    for fact in violations(root, {"v": came}, "f"):
        assert len(explained(fact)) == 1, fact


@settings(max_examples=300, deadline=None)
@given(
    raw=st.text(alphabet="{}[]\"':,\\ntrue01.`j<|> \n", max_size=40),
    stream=st.booleans(),
)
def test_so_has_a_text(raw: str, stream: bool) -> None:
    call, tool = ToolCall("call_1", "f", raw), Tool("f", "", {})
    reply = Reply("openai-chat", stream, 200)
    for fact in read(call, tool, ExpectedCall("f", {"a": 1}), reply=reply).facts:
        assert len(explained(fact)) == 1, fact


@pytest.mark.parametrize(
    ("schema", "right", "came", "slug"),
    [
        ({"type": "boolean"}, True, "1", "boolean-as-alias"),
        ({"enum": [15, 60], "type": "integer"}, 60, "60", "enum-type-mismatch"),
        ({"enum": [15, 60], "type": "integer"}, 60, 15, "value-changed"),
        ({"type": "integer", "maximum": 9}, 5, "50", "number-as-string"),
        ({"type": "string", "pattern": "^P"}, "Paris", " Paris", "whitespace-added"),
        ({"type": "string", "maxLength": 5}, "a & b", "a &amp; b", "html-entity-encoded"),
        ({"type": ["string", "null"]}, "null", None, "string-as-scalar"),
        ({"type": "array", "items": {"type": "string"}}, ["a"], "a", "scalar-for-array"),
        ({"type": "array", "prefixItems": [{"const": 1}]}, [1], [2], "tuple-violated"),
    ],
)
def test_the_certain_goes_before_the_likely(schema: Any, right: Any, came: Any, slug: str) -> None:
    root = {"type": "object", "properties": {"v": schema}, "required": ["v"]}
    facts = list(differences({"v": right}, {"v": came}, root, "f"))
    assert [explained(fact) for fact in facts] == [[slug]]


def test_what_nothing_explains_is_told_by_what_is_left() -> None:
    left = {entry.slug for entry in defects().values() if entry.residual}
    assert left == {"value-changed", "args-unparsable"}
    assert not any(defects()[slug].outranks for slug in left)


@pytest.mark.parametrize(
    ("expected", "came", "told"),
    [("a & b", "a &amp; b", True), ("Paris", "paris ", False), ("a", "b", False)],
)
def test_texts_alone(expected: str, came: str, told: bool) -> None:
    assert explains_text(expected, came) is told
