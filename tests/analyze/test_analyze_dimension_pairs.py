"""Two models in each dimension: on shared scenarios, or by what each one's levels tell."""

import pytest
from made_up import TARGETS
from test_analyze_dimensions import pairs, run_of, scenario, verdict

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.dimension_pairs import Side, dimension_differences
from toolfuzz.analyze.dimensions import by_dimension
from toolfuzz.core.verdict import Verdict


def side(label: str, verdicts: list[Verdict]) -> Side:
    run = run_of(verdicts)
    return Side(label, run, TARGETS[0].name, by_dimension(run, TARGETS[0]))


GOOD = pairs(*[("pass", "pass")] * 20)
BAD = pairs(*[("pass", "pass")] * 8, *[("fail", "pass")] * 12)


def test_the_same_scenarios_are_paired() -> None:
    (found,) = dimension_differences([side("good", GOOD), side("bad", BAD)])
    assert (found["dimension"], found["first"], found["second"]) == ("plan", "good", "bad")
    assert found["difference"] == pytest.approx(0.6)
    assert found["low"] > 0 and found["apart"]
    assert found["paired"] and found["pairs"] == 20


def test_a_small_difference_is_not_told_apart() -> None:
    nearly = pairs(*[("pass", "pass")] * 19, ("fail", "pass"))
    (found,) = dimension_differences([side("good", GOOD), side("nearly", nearly)])
    assert found["low"] < 0 < found["high"] and not found["apart"]


def test_what_one_could_not_be_judged_on_counts_for_neither() -> None:
    lost = [*GOOD[:-2], verdict(scenario(19, "unjudged"), "unjudged")]
    (found,) = dimension_differences([side("lost", lost), side("bad", BAD)])
    assert found["pairs"] == 19
    nothing = [verdict(scenario(n, "unjudged"), "unjudged") for n in range(3)]
    assert dimension_differences([side("nothing", nothing), side("bad", BAD)]) == []


def test_more_comparisons_make_wider_intervals() -> None:
    two = dimension_differences([side("good", GOOD), side("bad", BAD)])[0]
    three = dimension_differences([side("good", GOOD), side("bad", BAD), side("other", BAD)])
    assert len(three) == 3
    assert three[0]["low"] < two["low"]


def test_levels_that_differ_are_compared_by_what_they_tell() -> None:
    strong = [verdict(scenario(n, level=10 + n % 3)) for n in range(30)]
    weak = [
        verdict(scenario(n, "pass" if level < 5 else "fail", level=level))
        for n in range(30)
        for level in [3 + n % 6]
    ]
    (found,) = dimension_differences([side("strong", strong), side("weak", weak)])
    assert not found["paired"]
    assert found["apart"] and found["difference"] > 0.5


def test_a_comparison_holds_them() -> None:
    result = compare([("good", run_of(GOOD)), ("bad", run_of(BAD))])
    assert [d["apart"] for d in result["dimension_differences"]] == [True]
    rates = {row["label"]: row["dimensions"]["plan"]["rate"] for row in result["rows"]}
    assert sorted(rates.values()) == [0.4, 1.0]
