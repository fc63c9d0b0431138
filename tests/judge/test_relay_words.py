"""A gateway's mistake as a title says it."""

from typing import Any

import pytest

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.relay.words import in_reply, told

BIG = 2**53 + 1


@pytest.mark.parametrize(
    ("slug", "kind", "given", "arrived", "words"),
    [
        ("arguments-changed", "integer", BIG, BIG - 1,
         "integers above 2^53 are rounded in arguments"),
        ("arguments-changed", "integer to number", BIG, float(BIG),
         "integers above 2^53 are rounded in arguments"),
        ("arguments-changed", "integer", 3, 4, "an integer in arguments arrives as another"),
        ("arguments-changed", "integer", BIG, 7, "an integer in arguments arrives as another"),
        ("arguments-changed", "object to string", {}, "{}",
         "an object in arguments arrives as a string"),
        ("arguments-changed", "null lost", None, None, "null in arguments is lost"),
        ("history-changed", "integer", BIG, BIG - 1,
         "integers above 2^53 are rounded in arguments of earlier calls"),
        ("history-changed", "lost", ["f"], [], "earlier calls are lost"),
        ("result-changed", "quoted", "a", '"a"', "results of tools are quoted as JSON once more"),
        ("result-changed", "parts as JSON", "a", "[…]",
         "results of tools in parts arrive as the JSON of their parts"),
        ("schema-dropped", "minimum", 1, None, "'minimum' is dropped from tools' schemas"),
        ("schema-dropped", "enum", [3], None, "'enum' or 'const' is dropped from tools' schemas"),
        ("schema-dropped", "a property", {}, None, "properties are dropped from tools' schemas"),
        ("schema-dropped", "nullable", True, None, "null is no longer allowed by tools' schemas"),
        ("schema-dropped", "$ref", {}, None,
         "what a $ref refers to is dropped from tools' schemas"),
        ("tool-choice", "required", "required", "any",
         'a demand for a call arrives as "any" (tool_choice)'),
        ("tool-choice", "tool", "tool:f", "auto",
         "a demand for one tool arrives as a free choice (tool_choice)"),
        ("tool-choice", "allowed", ["required", "f"], "required",
         "a choice among allowed tools arrives as a demand for a call (tool_choice)"),
        ("parallel-changed", "no longer forbidden", False, None,
         "parallel calls are no longer forbidden upstream"),
        ("finish-changed", "tool_calls to stop", "tool_calls", "stop",
         "a reply with calls ends like a reply without calls (finish reason)"),
        ("finish-changed", "lost", "stop", None, "the reason for a reply's end is lost"),
        ("message-changed", "system to user", "a", "", "system messages arrive as the user's"),
        ("not-forwarded", "no", None, "500 no",
         'a request is not passed on, the client gets "500 no"'),
        ("usage-lost", "", "counted", None, "token counts don't reach the client"),
    ],
)  # fmt: skip
def test_a_title_says_what_happens(
    slug: str, kind: str, given: Any, arrived: Any, words: str
) -> None:
    finding = Finding(f"relay-{slug}", "error", "relay", "", shape=kind, expected=given,
                      actual=arrived)  # fmt: skip
    assert told(finding) == words


def test_every_difference_has_a_title_and_a_direction() -> None:
    slugs = {slug for slug, entry in defects().items() if entry.shows_in == "relay"}
    findings = {slug: Finding(slug, "error", "relay", "") for slug in slugs}
    assert all(told(finding) for finding in findings.values())
    back = {slug for slug, finding in findings.items() if in_reply(finding)}
    assert {"relay-call-lost", "relay-stream-torn", "relay-text-changed"} <= back
    assert not {slug for slug in back if "tool" in slug or "schema" in slug or "history" in slug}
