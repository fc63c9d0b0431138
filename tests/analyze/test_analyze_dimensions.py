"""The figures of dimensions, from verdicts that are written down."""

from dataclasses import replace
from typing import Any

import pytest
from made_up import TARGETS, case

from toolfuzz.analyze.dimensions import by_dimension
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.patience import corrections, survival
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.events import CaseDrawn, Event, RunStarted, VerdictReached
from toolfuzz.core.verdict import Finding, Metrics, Scenario, Verdict

BROKEN = Finding("id-missing", "error", "wire", "no id")


def scenario(pair: int, status: str = "pass", *, twin: bool = False, **facts: Any) -> Scenario:
    known = {"level": 7, "checks": 4, "rounds": 6, "calls": 8, "needed": 3} | facts
    known.setdefault("checks_failed", 1 if status == "fail" else 0)
    return Scenario("plan", known.pop("level"), f"p{pair}", twin, status, **known)  # type: ignore[arg-type]


def verdict(one: Scenario, status: str = "", *findings: Finding, **more: Any) -> Verdict:
    metrics = Metrics(input_tokens=900, output_tokens=100)
    asked = world_case(one)
    return Verdict(
        asked.id, TARGETS[0].name, 0, False, status or one.status, findings,  # type: ignore[arg-type]
        cluster=one.pair, metrics=metrics, scenario=one, **more,
    )  # fmt: skip


def world_case(one: Scenario, patience: int = 0) -> Case:
    world = {"pair": one.pair, "twin": one.twin, "user": {"patience": patience}}
    return replace(case(1), probe="plan", world=world)


def run_of(verdicts: list[Verdict], patience: int = 0) -> RunData:
    lines: list[Event] = [RunStarted(0.0, "0", TARGETS[:1])]
    for one in verdicts:
        assert one.scenario
        asked = world_case(one.scenario, patience)
        lines += [CaseDrawn(asked), VerdictReached(replace(one, case_id=asked.id))]
    return collect(lines)


def figures(verdicts: list[Verdict]) -> JsonObject:
    found: JsonObject = by_dimension(run_of(verdicts), TARGETS[0])["plan"]
    return found


def pairs(*outcomes: tuple[str, str]) -> list[Verdict]:
    """Scenarios and their twins by status."""
    return [
        verdict(scenario(n, status, twin=twin))
        for n, both in enumerate(outcomes)
        for twin, status in zip((False, True), both, strict=True)
    ]


def test_success_stands_beside_the_twin_and_their_difference() -> None:
    got = figures(pairs(*[("pass", "pass")] * 6, *[("fail", "pass")] * 3, ("fail", "fail")))
    assert (got["success"]["rate"], got["twin"]["rate"]) == (0.6, 0.9)
    assert got["scenarios"] == got["difference"]["pairs"] == 10
    assert got["difference"]["difference"] == pytest.approx(-0.3)
    assert -1 < got["difference"]["low"] < -0.3 < got["difference"]["high"] < 0.1
    assert got["check_success"] == pytest.approx(36 / 40)
    assert got["by_level"] == {"7": {"judged": 10, "passed": 6}}
    assert got["level_half"] is None and got["usual"] is None


def test_a_twin_that_fails_as_well_makes_no_difference() -> None:
    got = figures(pairs(*[("fail", "fail")] * 10, *[("pass", "pass")] * 10))
    assert got["difference"]["difference"] == 0
    assert str(got["difference"]["difference"]) == "0.0"


def test_what_arrived_broken_is_unjudged_and_shown_in_both_ways() -> None:
    lost = verdict(scenario(20, "unjudged"), "fail", BROKEN)
    gone = verdict(scenario(21, "unjudged"), "unjudged", reason="HTTP 503")
    got = figures([*pairs(*[("pass", "pass")] * 9), lost, gone])
    assert got["success"] == got["success"] | {"rate": 1.0, "judged": 9}
    assert got["success_with_broken"]["rate"] == 0.9
    assert (got["unjudged"], got["broken"]) == (2, 1)
    assert got["unjudged_reasons"] == {"id-missing": 1, "HTTP 503": 1}
    assert got["difference"]["pairs"] == 9


def test_several_levels_tell_where_one_half_passes() -> None:
    easy = [verdict(scenario(n, level=5)) for n in range(15)]
    hard = [verdict(scenario(n, "fail", level=14)) for n in range(20, 35)]
    got = figures([*easy, *hard])
    assert 5 < got["level_half"]["level"] < 14
    assert got["level_half"]["range"] == [3, 20]
    assert got["usual"]["level"] == 7
    assert got["usual"]["low"] <= got["usual"]["rate"] <= got["usual"]["high"]
    assert list(got["by_level"]) == ["5", "14"]


def test_what_it_costs() -> None:
    got = figures(pairs(("pass", "pass"), ("fail", "pass")))
    assert got["cost"] == {
        "rounds": 6, "calls": 8, "input_tokens": 900, "output_tokens": 100, "price_usd": 0.0,
    }  # fmt: skip
    assert got["detour"] == 2.0


def test_repeats_of_a_pair_are_one_sample() -> None:
    once = pairs(*[("pass", "pass")] * 4, *[("fail", "pass")] * 4)
    again = [replace(one, repeat=1) for one in once]
    single, double = figures(once), figures([*once, *again])
    assert double["success"]["judged"] == 16
    assert double["success"]["low"] == pytest.approx(single["success"]["low"], abs=0.02)
    assert double["difference"] == single["difference"]


def test_a_run_without_worlds_has_no_dimensions() -> None:
    ordinary = Verdict(case(1).id, TARGETS[0].name, 0, False, "pass")
    asked = RunStarted(0.0, "0", TARGETS[:1])
    run = collect([asked, CaseDrawn(case(1)), VerdictReached(ordinary)])
    assert "dimensions" not in summarize(run)["targets"][0]
    assert list(summarize(run_of(pairs(("pass", "pass"))))["targets"][0]["dimensions"]) == ["plan"]


def test_half_lives_stand_on_what_lies_between() -> None:
    near = [verdict(scenario(n, turns_apart=4, tokens_apart=900)) for n in range(15)]
    far = [
        verdict(scenario(n, "fail", turns_apart=16, tokens_apart=8000 + n)) for n in range(20, 35)
    ]
    got = figures([*near, *far])["half_life"]
    assert 4 < got["turns"]["level"] < 16 and got["turns"]["range"] == [4, 16]
    assert 900 < got["tokens"]["level"] < 8034
    kept = [
        replace(one, status="pass", scenario=replace(one.scenario, status="pass")) for one in far
    ]  # type: ignore[type-var]
    assert figures([*near, *kept])["half_life"]["turns"]["beyond"] == "above"
    assert figures(near)["half_life"] is None
    assert figures(pairs(("pass", "pass")))["half_life"] is None


# --- corrections


def test_corrections_per_100_tasks() -> None:
    played = [scenario(n, interventions=n % 2, reached=True) for n in range(20)]
    got = corrections(played, 3)["interventions"]
    assert got["per_100"] == 50
    assert 0 < got["low"] < 50 < got["high"] < 100
    assert got["survival"] == pytest.approx([0.5, 0, 0, 0])
    assert got["censored"] == got["regressions"] == 0
    assert corrections(played, 0)["interventions"] is None


def test_a_task_that_was_never_right_costs_at_least_so_many() -> None:
    played = [scenario(1, "fail", interventions=3, regressions=1, reached=False)]
    got = corrections(played, 3)["interventions"]
    assert (got["per_100"], got["low"], got["high"]) == (300, 0, 300)
    assert got["censored"] == 1 and got["regressions"] == pytest.approx(1 / 3)
    assert got["survival"] == [1, 1, 1, 1]


def test_without_any_correction_one_may_still_come() -> None:
    got = corrections([scenario(n, reached=True) for n in range(20)], 3)["interventions"]
    assert (got["per_100"], got["low"]) == (0, 0)
    assert 10 < got["high"] < 20


def test_what_is_never_right_is_censored() -> None:
    """Kaplan and Meier by hand: 4 tasks, right after 0, 1, 3, and one given up after 2."""
    assert survival([(0, True), (1, True), (2, False), (3, True)], 3) == pytest.approx(
        [3 / 4, 3 / 4 * 2 / 3, 3 / 4 * 2 / 3, 0]
    )
    assert survival([(3, False), (3, False)], 3) == [1, 1, 1, 1]


def test_a_run_knows_how_patient_its_user_was() -> None:
    played = [verdict(scenario(n, interventions=n)) for n in range(3)]
    got = by_dimension(run_of(played, patience=2), TARGETS[0])["plan"]
    assert len(got["interventions"]["survival"]) == 3
