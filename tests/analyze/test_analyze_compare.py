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
    assert (difference["low"], difference["high"]) == pytest.approx(interval)
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
