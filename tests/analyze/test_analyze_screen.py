import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import STRINGIFIED, case, events, verdict
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from toolfuzz.analyze import fisher
from toolfuzz.analyze.load import collect
from toolfuzz.analyze.screen import associations, screen
from toolfuzz.core.events import CaseDrawn, Event, VerdictReached

FEATURES = ["ref", "nullable", "array", "map", "enum", "deep"]


def rows(n: int, seed: int = 0) -> list[tuple[str, ...]]:
    rng = random.Random(seed)
    return [tuple(f for f in FEATURES if rng.random() < 0.5) for _ in range(n)]


def test_a_planted_feature_comes_first() -> None:
    drawn = rows(64)
    first, *_ = screen([(features, "ref" in features) for features in drawn])
    assert first.features == ("ref",)
    assert first.associated and first.failed_without == 0
    assert first.failed_with == first.cases_with == sum("ref" in f for f in drawn)
    assert first.lift == pytest.approx(64 / first.cases_with)
    assert "ref is associated with failing" in first.words and "cause" not in first.words


def test_a_planted_pair_comes_before_its_parts() -> None:
    first, *_ = screen([(f, {"ref", "nullable"} <= set(f)) for f in rows(64, seed=1)])
    assert set(first.features) == {"nullable", "ref"}
    assert first.associated


@settings(deadline=None)
@given(st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.booleans()), max_size=40))
def test_p_and_q_agree_with_scipy_and_statsmodels(answers: list[tuple[set[str], bool]]) -> None:
    found = screen(answers)
    for a in found:
        ok_with, ok_without = a.cases_with - a.failed_with, a.cases_without - a.failed_without
        table = [[a.failed_with, ok_with], [a.failed_without, ok_without]]
        assert a.p == pytest.approx(fisher_exact(table, "greater").pvalue)
        assert a.cases_with + a.cases_without == len(answers)
    if found:
        expected = multipletests([a.p for a in found], method="fdr_bh")[1]
        assert [a.q for a in found] == pytest.approx(list(expected))


def test_noise_is_rarely_called_associated() -> None:
    rng = random.Random(4)
    called = 0
    for seed in range(200):
        answers = [(f, rng.random() < 0.2) for f in rows(64, seed)]
        called += any(a.associated for a in screen(answers))
    assert called <= 0.1 * 200


def test_features_that_always_come_together_are_one() -> None:
    drawn = [(*f, "twin") if "ref" in f else f for f in rows(64)]
    first, *_ = screen([(f, "ref" in f) for f in drawn])
    assert (first.features, first.also) == (("ref",), ("twin",))
    assert "always together with twin" in first.words


def test_an_implied_feature_makes_no_pair() -> None:
    drawn = [(*f, "container") if {"array", "map"} & set(f) else f for f in rows(64)]
    found = screen([(f, "array" in f) for f in drawn])
    assert ("array", "container") not in [tuple(sorted(a.features)) for a in found]


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [(("ref",), True)],
        [(("ref",), False)] * 20,
        [(("ref",), True)] * 20,
        [(("ref",), True)] + [((), False)] * 5,
    ],
)
def test_what_no_outcome_could_show_is_left_out(answers: list) -> None:
    assert screen(answers) == []


def test_what_is_screened_are_the_judged_cases_of_a_target() -> None:
    lines: list[Event] = [*events()]
    for n in range(8, 40):
        asked = case(n, features=("map",) if n % 2 else ("string",))
        right, wrong = (
            verdict(asked, target="acme/one"),
            verdict(asked, "fail", STRINGIFIED, target="acme/one", repeat=1),
        )
        lost = verdict(asked, "unjudged", reason="timeout")
        said = [right, wrong, lost] if n % 2 else [right, lost]
        lines += [CaseDrawn(asked), *map(VerdictReached, said)]
    run = collect(lines)
    found_all = associations(run, "acme/one")
    assert found_all[0].features == ("map",)
    assert (found_all[0].failed_with, found_all[0].cases_with) == (16, 16)
    assert (found_all[0].failed_without, found_all[0].cases_without) == (2, 22)
    assert associations(run, "acme/one", "object-as-json-string") == found_all
    assert associations(run, "acme/one", "no-call") == associations(run, "sim/clean") == []


@pytest.mark.parametrize(("everyone", "marked", "drawn"), [(9_000, 700, 4_000), (9_900, 9_000, 50)])
def test_long_tails_are_those_of_whole_numbers(everyone: int, marked: int, drawn: int) -> None:
    middle = marked * drawn // everyone
    for count in (middle + 1, middle + 3, min(middle + 40, drawn, marked)):
        most = min(marked, drawn)
        exact = fisher._tail(count, most, everyone, marked, drawn)
        assert fisher._long_tail(count, most, everyone, marked, drawn) == pytest.approx(exact, 1e-8)
