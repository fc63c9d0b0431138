"""The sentence that decides, in many situations; the figures are those of real summaries."""

import json
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from made_up import STRINGIFIED, case, verdict

from toolfuzz.analyze.compare import compare, conclude
from toolfuzz.analyze.conclusion import conclude_check, conclude_gates
from toolfuzz.analyze.enough import cases_to_tell, cases_without_failure
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.phrases import title
from toolfuzz.analyze.rates import wilson
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import JsonObject
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    RunFinished,
    RunStarted,
    TargetGivenUp,
    VerdictReached,
)
from toolfuzz.core.exchange import Target
from toolfuzz.judge.catalogue import defects

NULLED = replace(STRINGIFIED, slug="value-nulled", actual=None)


def a_run(
    fails: Mapping[str, tuple[int, ...] | int],
    *,
    cases: int = 100,
    unjudged: Mapping[str, int] | None = None,
    given_up: str = "",
    reason: str = "done",
    repeat: int = 1,
) -> RunData:
    """A run whose targets fail so many of their first cases, or just these.

    ``unjudged``: so many of a target's last answers could not be judged.
    """
    targets = tuple(Target(name, "x", name, "openai-chat") for name in fails)
    lines: list[Event] = [RunStarted(0.0, "0.1.0", targets)]
    failing = {n: range(f) if isinstance(f, int) else f for n, f in fails.items()}
    for number in range(cases):
        asked = case(number + 1)
        lines.append(CaseDrawn(asked))
        for name in fails:
            for time in range(repeat):
                found = (STRINGIFIED,) if number in failing[name] else ()
                if number % 5 == 4 and found:
                    found = (NULLED,)
                said = verdict(asked, "fail" if found else "pass", *found, target=name, repeat=time)
                if number >= cases - (unjudged or {}).get(name, 0):
                    said = verdict(asked, "unjudged", target=name, repeat=time, reason="timeout")
                lines.append(VerdictReached(said))
    if given_up:
        lines.append(TargetGivenUp(given_up, "connection refused", 25))
    return collect([*lines, RunFinished(1.0, reason)])


def concluded(run: RunData) -> JsonObject:
    found = conclude(run, summarize(run))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


SITUATIONS: dict[str, tuple[RunData, str, str]] = {
    "all good": (
        a_run({"a": 0}), "good",
        "a got all 100 calls right (95% interval from 96.3%).",
    ),
    "few calls": (
        a_run({"a": 0}, cases=20), "unsure",
        "a got all 20 calls right, but that is too few cases to rely on: up to 16.1% may fail; 53 "
        "more cases would tell.",
    ),
    "more calls of the same cases are no more cases": (
        a_run({"a": 0}, cases=20, repeat=5), "unsure",
        "a got all 100 calls right, but that is too few cases to rely on: up to 16.1% may fail; 53 "
        "more cases would tell.",
    ),
    "fails": (
        a_run({"a": 10}), "bad",
        "a fails: 1 call in 10 fails (10 of 100; 95% interval 5.5% – 17.6%), mostly "
        "object-as-json-string.",
    ),
    "fails often": (
        a_run({"a": 70}), "bad",
        "a fails: 70 of 100 calls fail (95% interval 60.2% – 78.2%), mostly object-as-json-string.",
    ),
    "fails always": (
        a_run({"a": 100}), "bad",
        "a fails: 100 of 100 calls fail (95% interval 96.3% – 100.0%), mostly "
        "object-as-json-string.",
    ),
    "one failure": (
        a_run({"a": 1}), "unsure",
        "Whether a fails more than 1 call in 100 can't be told yet: 1 of 100 calls fails (95% "
        "interval 0.2% – 5.6%), mostly object-as-json-string.",
    ),
    "a failure or two": (
        a_run({"a": 2}), "unsure",
        "Whether a fails more than 1 call in 100 can't be told yet: 1 call in 50 fails (2 of 100; "
        "95% interval 0.5% – 7.1%), mostly object-as-json-string; about 295 more cases would tell.",
    ),
    "rarely": (
        a_run({"a": 2}, cases=2000), "good",
        "a rarely fails: 1 call in 1,000 fails (2 of 2,000; 95% interval <0.1% – 0.4%), mostly "
        "object-as-json-string.",
    ),
    "three models, two alike": (
        a_run({"opus": 0, "glm": 14, "minimax": 0}), "bad",
        "minimax and opus can't be told apart; glm is 14.0 points worse than minimax (5.5 to 24.5)"
        ", mostly object-as-json-string.",
    ),
    "three models, all apart": (
        a_run({"a": 0, "b": 30, "c": 70}), "bad",
        "b is 30.0 points worse than a (18.7 to 42.0) and c 70.0 (56.7 to 79.8), mostly "
        "object-as-json-string.",
    ),
    "many models": (
        a_run({"a": 0, **{f"m{n}": 40 + n for n in range(5)}}), "bad",
        "5 are worse than a, m4 most: by 44.0 points (28.0 to 58.7), mostly object-as-json-string.",
    ),
    "a tie, all good": (
        a_run({"a": 0, "b": 0}), "good",
        "a and b can't be told apart: both got all 100 calls right (95% interval from 96.3%).",
    ),
    "a tie, few calls": (
        a_run({"a": 0, "b": 0}, cases=20), "unsure",
        "a and b can't be told apart: both got all 20 calls right, but that is too few cases to "
        "rely on: up to 16.1% may fail; 53 more cases would tell.",
    ),
    "a tie of two that fail": (
        a_run({"a": 12, "b": 14}), "bad",
        "a and b can't be told apart, and both fail: of b, 1 call in 7 fails (14 of 100), mostly "
        "object-as-json-string.",
    ),
    "a tie of which one fails": (
        a_run({"a": 1, "b": 4}), "bad",
        "a and b can't be told apart, and b fails: 1 call in 25 fails (4 of 100), mostly "
        "object-as-json-string.",
    ),
    "a difference that may be chance": (
        a_run({"a": 0, "b": 2}), "unsure",
        "a and b can't be told apart: the difference of 2.0 points may be chance (-2.1 to 7.1).",
    ),
    "five that are alike": (
        a_run(dict.fromkeys("abcde", 0)), "good",
        "a, b, c and 2 others can't be told apart: each got all 100 calls right (95% interval from "
        "96.3%).",
    ),
    "unjudged": (
        a_run({"a": 0}, unjudged={"a": 100}), "unsure",
        "Nothing of a could be judged.",
    ),
    "one of two unjudged": (
        a_run({"a": 0, "b": 0}, unjudged={"b": 100}), "unsure",
        "a got all 100 calls right (95% interval from 96.3%); nothing of b could be judged.",
    ),
    "half of it unjudged": (
        a_run({"a": 2}, unjudged={"a": 50}), "unsure",
        "What a is worth can't be told: 50 of 100 answers could not be judged, and 2 of the others "
        "failed, mostly object-as-json-string.",
    ),
    "an endpoint that can't be used": (
        a_run({"a": 0}, unjudged={"a": 100}, given_up="a"), "unsure",
        "a can't be used: no answer to 25 questions in a row could be judged (connection refused).",
    ),
    "given up on the way": (
        a_run({"a": 0, "b": 0}, unjudged={"b": 30}, given_up="b"), "unsure",
        "a got all 100 calls right (95% interval from 96.3%); b can't be used: no answer to 25 "
        "questions in a row could be judged (connection refused), all 70 calls before were right.",
    ),
    "worse before it was given up": (
        a_run({"a": 0, "b": 30}, unjudged={"b": 30}, given_up="b"), "bad",
        "a got all 100 calls right (95% interval from 96.3%); b can't be used: no answer to 25 "
        "questions in a row could be judged (connection refused), 30 of 70 calls fail before.",
    ),
    "stopped by a budget": (
        a_run({"a": 0, "b": 14}, reason="budget"), "bad",
        "So far (stopped early): b is 14.0 points worse than a (7.3 to 22.3), mostly "
        "object-as-json-string.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_run_comes_to_one_sentence(name: str) -> None:
    run, tone, sentence = SITUATIONS[name]
    found = concluded(run)
    assert (found["tone"], found["sentence"]) == (tone, sentence)


def a_check(
    outcome: str | None, rate: str = "yes", new: str = "yes", **more: Any
) -> Mapping[str, Any]:
    return {
        "outcome": outcome,
        "reason": f"{outcome or 'interrupted'} before anything was decided",
        "candidate": "new",
        "baseline": "old",
        "margin": 0.05,
        "pairs": {"both": 84, "worse": 14, "better": 0, "neither": 2},
        "low": 0.071,
        "high": 0.225,
        "rate": {"answer": rate, "words": ""},
        "defects": {"answer": new, "words": ""},
        "suspects": ["success rate", "object-as-json-string"],
        **more,
    }


ALONE = {"accept": 0.99, "reject": 0.95, "calls": 72, "failures": 0}
CHECKS: dict[str, tuple[Mapping[str, Any], str, str]] = {
    "fails": (
        a_check("FAIL"), "bad",
        "new may not replace old: 1 call in 6 fails (16 of 100), 2 of the baseline's, mostly "
        "object-as-json-string.",
    ),
    "a new defect within the margin": (
        a_check("FAIL", rate="no"), "bad",
        "new may not replace old: object-as-json-string is new, in 13 of 100 calls (none before).",
    ),
    "worse in a dimension": (
        a_check("FAIL", rate="no", suspects=["dimension plan"]), "bad",
        "new may not replace old: it is worse in the dimension plan.",
    ),
    "passes": (
        a_check("PASS", "no", "no", low=-0.01, high=0.032, suspects=[]), "good",
        "new may replace old: it is at most 3.2 points worse (margin 5.0).",
    ),
    "inconclusive": (
        a_check("INCONCLUSIVE", "open", "no", low=0.01, high=0.072, suspects=["success rate"]),
        "unsure",
        "Whether new may replace old can't be told from 100 calls: its drop lies between 1.0 and "
        "7.2 points (margin 5.0).",
    ),
    "perhaps a new defect": (
        a_check("INCONCLUSIVE", "no", "open", suspects=["object-as-json-string"]), "unsure",
        "Whether new may replace old can't be told from 100 calls: perhaps object-as-json-string "
        "has become more frequent.",
    ),
    "cut off": (
        a_check(None), "unsure",
        "Not decided whether new may replace old: interrupted before anything was decided.",
    ),
    "accepted": (
        {"outcome": "ACCEPT", "reason": "", "candidate": "new", **ALONE}, "good",
        "new is good enough: 0 of 72 calls failed, likelier of a model that is right in 99.0% of "
        "calls than in 95.0%.",
    ),
    "rejected": (
        {"outcome": "REJECT", "reason": "", "candidate": "new", **ALONE, "calls": 8, "failures": 2},
        "bad",
        "new is not good enough: 2 of 8 calls failed, likelier of a model that is right in "
        "95.0% of calls than in 99.0%, mostly object-as-json-string.",
    ),
    "no decision alone": (
        {"outcome": "INCONCLUSIVE", "reason": "INCONCLUSIVE: the cases ran out.",
         "candidate": "new"},
        "unsure",
        "Whether new is good enough can't be told: the cases ran out.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_comes_to_one_sentence(name: str) -> None:
    check, tone, sentence = CHECKS[name]
    old = 0 if "new defect" in name else 2
    summary = {**summarize(a_run({"new": 16, "old": old})), "check": check}
    found = conclude_check(summary)
    assert (found["tone"], found["sentence"]) == (tone, sentence)


def a_gate(target: str, outcome: str) -> JsonObject:
    return {
        "target": target,
        "name": "success at least 98.0%",
        "outcome": outcome,
        "settled": outcome,
        "reason": "",
    }


@pytest.mark.parametrize(
    ("outcomes", "tone", "sentence"),
    [
        (
            {"a": "FAIL", "b": "PASS"}, "bad",
            "a is below the limit of 98.0%: 1 call in 7 fails (14 of 100), mostly "
            "object-as-json-string; b reaches the limit of 98.0%.",
        ),
        ({"a": "PASS", "b": "PASS"}, "good", "a and b reach the limit of 98.0%."),
        (
            {"b": "INCONCLUSIVE"}, "unsure",
            "Whether b reaches 98.0% can't be told yet: 0 of 100 calls fail (95% interval 0.0% – "
            "3.7%).",
        ),
    ],
)  # fmt: skip
def test_a_gate_decides_where_one_was_given(
    outcomes: Mapping[str, str], tone: str, sentence: str
) -> None:
    run = a_run({"a": 14, "b": 0})
    summary = summarize(run)
    summary["conclusion"] = conclude(run, summary)
    summary["gates"] = [a_gate(target, outcome) for target, outcome in outcomes.items()]
    found = conclude_gates(summary)
    assert (found["tone"], found["sentence"]) == (tone, sentence)


def test_the_example_is_that_of_the_commonest_cause_of_the_worst() -> None:
    found = concluded(a_run({"good": 1, "bad": (3, 4, 5, 6, 7, 9, 14, 19, 24, 29)}))
    cause = found["cause"]
    assert (cause["target"], cause["slug"], cause["replies"]) == ("bad", "value-nulled", 6)
    assert cause["mostly"] and cause["example"]["pointer"] == "/environment"
    assert cause["title"] == title("value-nulled")


def test_models_that_are_alike_are_not_told_apart() -> None:
    """Ten runs of four models that all fail 12% at random: at most chance says otherwise."""
    told = 0
    for seed in range(10):
        draw = Random(seed)
        fails = {n: tuple(c for c in range(100) if draw.random() < 0.12) for n in "abcd"}
        told += bool(concluded(a_run(fails))["worse"])
    assert told <= 1


def test_who_is_better_on_the_shared_calls_is_called_better() -> None:
    """x has the higher rate of what it was asked, and fails more of what both were asked."""
    got = compare([("r", a_run({"x": 20, "y": 12}, unjudged={"y": 60}))])
    assert [(row["label"], row["rate"]) for row in got["rows"]] == [("x", 0.8), ("y", 0.7)]
    assert got["conclusion"]["best"] == "y"
    [worse] = got["conclusion"]["worse"]
    assert worse["label"] == "x" and worse["by"] == pytest.approx(0.2) and worse["low"] > 0


def test_how_many_more_cases_would_tell() -> None:
    assert cases_without_failure(20, 0.95) == 53
    assert wilson(73, 73)[0] >= 0.95 > wilson(72, 72)[0]
    assert cases_without_failure(100, 0.95) == 0
    more = cases_to_tell(0.98, 100, 100, 0.99)
    assert more is not None
    assert wilson(0.98 * (100 + more), 100 + more)[1] < 0.99
    assert wilson(0.98 * (98 + more), 98 + more)[1] >= 0.99
    assert cases_to_tell(0.99, 100, 100, 0.99) is None
    # Where a case is worth half a question, it takes twice as many.
    assert cases_to_tell(0.98, 50, 100, 0.99) == 2 * (more + 50)


def test_every_defect_is_told_in_a_clause() -> None:
    for entry in defects().values():
        said = title(entry.slug)
        assert said and said.lower() == entry.title.lower()
        assert not said.endswith(".")
    assert title("unheard-of") == ""
    assert title("args-nonfinite").startswith("NaN")
    assert title("object-as-json-string") == "an object arrives as a string that holds its JSON"
