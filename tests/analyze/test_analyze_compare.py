import json

import pytest
from made_up import STRINGIFIED, case, events, verdict

from toolfuzz.analyze.compare import compare
from toolfuzz.analyze.load import RunData, collect
from toolfuzz.analyze.paired import Table, newcombe
from toolfuzz.analyze.price import Price
from toolfuzz.core.events import CaseDrawn, Event, RunFinished, RunStarted, VerdictReached
from toolfuzz.core.exchange import Target
from toolfuzz.core.nature import Nature
from toolfuzz.report.comparison import difference_words


def run(*, first: int = 1, cases: int = 60, **fails: int) -> RunData:
    """A run whose targets fail the given number of their first cases."""
    names = [name.replace("_", "/") for name in fails]
    targets = tuple(Target(name, "x", name, "openai-chat") for name in names)
    lines: list[Event] = [RunStarted(0.0, "0.1.0", targets)]
    for n in range(cases):
        asked = case(first + n)
        lines.append(CaseDrawn(asked))
        for name, failing in zip(names, fails.values(), strict=True):
            found = (STRINGIFIED,) if n < failing else ()
            said = verdict(asked, "fail" if found else "pass", *found, target=name)
            lines.append(VerdictReached(said))
    return collect([*lines, RunFinished(1.0)])


def test_the_best_comes_first_and_is_told_apart_by_pairs() -> None:
    got = compare([("one", run(a_bad=20, a_good=0))])
    assert [row["label"] for row in got["rows"]] == ["a/good", "a/bad"]
    [difference] = got["differences"]
    assert difference["paired"] and difference["pairs"] == 60
    assert (difference["only_better"], difference["only_worse"]) == (20, 0)
    interval = newcombe(Table(both=40, worse=20, better=0, neither=0))
    assert (difference["low"], difference["high"]) == pytest.approx(interval, abs=0.01)
    assert difference["apart"]
    spread = difference["defects"]["object-as-json-string"]
    assert (spread["better"], spread["worse"]) == (0, 20) and spread["p_holm"] < 1e-4
    assert got["groups"] == [["a/good"], ["a/bad"]]
    assert [row["groups"] for row in got["rows"]] == [["a"], ["b"]]


def test_groups_overlap_instead_of_ranks() -> None:
    got = compare([("one", run(a_x=0, a_y=5, a_z=10))])
    assert got["groups"] == [["a/x", "a/y"], ["a/y", "a/z"]]
    assert [row["groups"] for row in got["rows"]] == [["a"], ["a", "b"], ["b"]]


def test_equals_share_a_group() -> None:
    assert compare([("one", run(a_x=3, a_y=3))])["groups"] == [["a/x", "a/y"]]


def test_runs_on_other_cases_are_compared_unpaired() -> None:
    got = compare([("old", run(a_x=0)), ("new", run(first=100, a_x=20))])
    assert [row["label"] for row in got["rows"]] == ["a/x (old)", "a/x (new)"]
    [difference] = got["differences"]
    assert not difference["paired"] and difference["pairs"] == 0
    assert difference["low"] < difference["difference"] == pytest.approx(1 / 3)
    assert difference["apart"]


def test_many_comparisons_need_wider_intervals() -> None:
    two = compare([("one", run(a_x=0, a_y=6))])["differences"][0]
    five = compare([("one", run(a_x=0, a_y=6, a_p=6, a_q=6, a_r=6))])["differences"]
    same = next(d for d in five if {d["better"], d["worse"]} == {"a/x", "a/y"})
    assert same["low"] < two["low"]


def test_cost_per_success() -> None:
    def price(model: str, nature: Nature) -> Price:
        return lambda given, made: given * 1e-6 + made * 1e-5 if model == "a/x" else None

    rows = compare([("one", run(cases=10, a_x=5, a_y=0))], price)["rows"]
    costs = {row["label"]: row["cost_per_success"] for row in rows}
    assert costs == {"a/x": pytest.approx((1000e-6 + 200e-5) / 5), "a/y": None}
    assert compare([("one", run(a_x=1))])["rows"][0]["cost_per_success"] is None


def test_a_target_that_judged_nothing_has_a_row_and_no_group() -> None:
    got = compare([("cut", collect(events()[:1])), ("one", run(a_x=0))])
    assert [row["rate"] for row in got["rows"]] == [1.0, None, None]
    assert got["rows"][1]["groups"] == []
    assert got["groups"] == [["a/x"]] and got["differences"] == []


def test_the_comparison_is_json() -> None:
    got = compare([("one", collect(events()))])
    assert json.loads(json.dumps(got, allow_nan=False)) == got


def asked(ways: dict[str, list[tuple[int, bool]]], *, lost: int = 0) -> RunData:
    """Sixty cases asked in these ways (repeat, streamed); a/bad fails more of them when streamed.

    Of a/bad's first calls so many are lost.
    """
    targets = tuple(Target(name, "x", name, "openai-chat") for name in ways)
    lines: list[Event] = [RunStarted(0.0, "0.1.0", targets)]
    for n in range(60):
        one = case(n)
        lines.append(CaseDrawn(one))
        for name, calls in ways.items():
            for repeat, stream in calls:
                fails = name == "a/bad" and (n % 4 == 0 if stream else n % 12 == repeat)
                found = (STRINGIFIED,) if fails else ()
                said = verdict(
                    one, "fail" if found else "pass", *found, target=name, repeat=repeat,
                    stream=stream,
                )  # fmt: skip
                if name == "a/bad" and n < lost:
                    said = verdict(
                        one, "unjudged", target=name, repeat=repeat, stream=stream, reason="timeout"
                    )
                lines.append(VerdictReached(said))
    return collect([*lines, RunFinished(1.0)])


PLAIN, STREAM = [(0, False)], [(0, True)]
BOTH = [*PLAIN, *STREAM]
REPEATED = [(n, stream) for n in range(3) for stream in (False, True)]


@pytest.mark.parametrize("ways", [PLAIN, STREAM, BOTH, REPEATED], ids=len)
@pytest.mark.parametrize("lost", [0, 7])
def test_a_difference_is_that_of_the_rates_beside_it(
    ways: list[tuple[int, bool]], lost: int
) -> None:
    """Rates and differences count calls, however often and in which ways a case was asked."""
    got = compare([("one", asked({"a/good": ways, "a/bad": ways}, lost=lost))])
    [difference] = got["differences"]
    good, bad = got["rows"]
    assert difference["paired"] and difference["pairs"] == (60 - lost) * len(ways)
    assert difference["rate_better"] == good["rate"] == 1
    assert difference["rate_worse"] == pytest.approx(bad["rate"])
    assert difference["difference"] == pytest.approx(
        difference["rate_better"] - difference["rate_worse"]
    )
    assert difference["only_better"] == bad["judged"] - bad["passed"]
    assert difference["defects"]["object-as-json-string"]["worse"] == bad["judged"] - bad["passed"]
    assert difference["low"] <= difference["difference"] <= difference["high"]
    assert (
        f"a/bad: 100.0% against {bad['rate']:.1%}, {100 * difference['difference']:+.1f} ("
        in difference_words(difference)
    )


def test_the_rates_of_a_difference_are_of_the_calls_that_both_were_asked() -> None:
    """One was asked both ways, the other plain: only the plain calls can be set side by side."""
    got = compare([("one", asked({"a/good": PLAIN, "a/bad": BOTH}))])
    [difference] = got["differences"]
    assert difference["pairs"] == 60
    assert got["rows"][1]["rate"] == pytest.approx(1 - 20 / 120)
    assert difference["rate_worse"] == pytest.approx(1 - 5 / 60)
    assert difference["difference"] == pytest.approx(5 / 60)


def test_asking_more_often_makes_no_more_cases() -> None:
    """Six times as many calls on the same cases: the interval hardly narrows."""
    width = {
        len(ways): difference["high"] - difference["low"]
        for ways in (STREAM, [(n, True) for n in range(6)])
        for difference in compare([("x", asked({"a/good": ways, "a/bad": ways}))])["differences"]
    }
    assert width[6] > 0.9 * width[1]
