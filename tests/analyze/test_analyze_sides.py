"""What the model misunderstood stands apart from what was written down wrong."""

from typing import Literal

import pytest
from made_up import case, verdict
from rich.console import Console

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.sides import side_of
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import CaseDrawn, Event, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import nature_of
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects
from toolfuzz.report.formats import markdown
from toolfuzz.report.formats.html import render
from toolfuzz.report.sides import sides_table

UNDERSTANDING = [
    # as a 0.5B model answered: flat objects, fewer calls, other values, prose, other tools
    "args-flattened", "calls-missing", "value-changed", "no-call", "wrong-tool", "missing-required",
]  # fmt: skip
SERIALIZATION = [
    "object-as-json-string", "call-dropped", "call-in-content", "args-truncated", "id-missing",
    "stream-tail-lost", "finish-stop-with-calls", "server-error", "whitespace-stripped",
]  # fmt: skip
A_MODEL = Target("acme/one", "acme", "one", "openai-chat")
AN_ENGINE = Target("engine/sglang:glm45", "engine", "x", "openai-chat", kind="engine")


def _found(slug: str) -> Finding:
    return Finding(slug, "error", "values", "it is so")


def _summary(target: Target, *replies: tuple[str, ...]) -> tuple[list[Event], JsonObject]:
    """A run in which every reply, to a case of its own, failed for these slugs."""
    lines: list[Event] = [RunStarted(1.0, "0", (target,), {"seed": 0})]
    for number, slugs in enumerate(replies, 1):
        status = "fail" if slugs else "pass"
        of = case(number)
        reached = verdict(of, status, *map(_found, slugs), target=target.name)
        lines += [CaseDrawn(of), VerdictReached(reached)]
    return lines, summarize(collect(lines))


@pytest.mark.parametrize("slug", UNDERSTANDING + SERIALIZATION)
def test_what_a_defect_tells_of(slug: str) -> None:
    side: Literal["understanding", "serialization"] = (
        "understanding" if slug in UNDERSTANDING else "serialization"
    )
    assert defects()[slug].tells_of == side == side_of(slug, nature_of(A_MODEL))


def test_what_is_lost_on_the_way_is_never_a_matter_of_understanding() -> None:
    by_group: dict[str, set[str]] = {}
    for one in defects().values():
        by_group.setdefault(one.group, set()).add(one.tells_of)
    assert by_group["C"] == by_group["F"] == by_group["G"] == by_group["J"] == {"serialization"}
    assert by_group["I"] == {"understanding"}
    assert not [
        one.slug
        for one in defects().values()
        if one.tells_of == "understanding" and "model" not in one.usual
    ]


def test_a_parser_that_was_handed_the_right_text_misunderstood_nothing() -> None:
    assert side_of("calls-missing", nature_of(AN_ENGINE)) == "serialization"
    _, summary = _summary(AN_ENGINE, (), ("calls-missing",))
    (target,) = summary["targets"]
    assert target["sides"]["understanding"]["passed"] == 2
    assert target["sides"]["serialization"]["passed"] == 1
    assert sides_table(summary["targets"]) is None


def test_a_defect_of_another_version_counts_as_serialization() -> None:
    assert side_of("from-tomorrow", nature_of(A_MODEL)) == "serialization"


def test_two_rates_and_two_lists() -> None:
    replies = [(), (), ("no-call",), ("no-call", "id-missing"), ("calls-missing",), ("id-missing",)]
    lines, summary = _summary(A_MODEL, *replies)
    (target,) = summary["targets"]
    assert (target["judged"], target["passed"]) == (6, 2)
    understood, written = target["sides"]["understanding"], target["sides"]["serialization"]
    assert (understood["judged"], understood["passed"]) == (6, 3)
    assert (written["judged"], written["passed"]) == (6, 4)
    assert understood["low"] < understood["rate"] == 0.5 < understood["high"]
    assert {s: e["tells_of"] for s, e in target["defects"].items()} == {
        "no-call": "understanding", "calls-missing": "understanding", "id-missing": "serialization",
    }  # fmt: skip

    console = Console(width=120)
    with console.capture() as capture:
        console.print(sides_table(summary["targets"]))
    rows = [line.split() for line in capture.get().splitlines()]
    assert rows[1][:2] == ["serialization", "66.7%"] and rows[1][-2:] == ["id-missing", "(2)"]
    assert rows[2][:2] == ["understanding", "50.0%"]
    assert rows[2][-4:] == ["no-call", "(2),", "calls-missing", "(1)"]

    run = collect(lines)
    said = markdown.render(run, summary)
    first, second = said.index("Serialization: 66.7%"), said.index("Understanding: 50.0%")
    assert first < said.index("`id-missing`") < second < said.index("`no-call`")
    page = render(run, summary)
    table = page.index("that tells of understanding")
    assert (
        page.index("that tells of serialization")
        < table
        < page.index("<code>calls-missing</code><", table)
    )
