import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pairs import OK, bad
from made_up import STRINGIFIED, case, events, verdict
from scipy.stats import binom, binomtest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from toolfuzz.analyze import mcnemar
from toolfuzz.analyze.load import collect
from toolfuzz.analyze.mcnemar import mcnemar_worse
from toolfuzz.analyze.paired import (
    CallPair,
    CallResult,
    Table,
    changed_cases,
    defect_p_values,
    drop_interval,
    holm,
    newcombe,
    pair_up,
    square_and_add,
    tabulate,
)
from toolfuzz.analyze.rates import wilson
from toolfuzz.core.events import CaseDrawn, VerdictReached


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        # Table III of the paper: 36, 12, 2, 0 is its first worked example for method 10.
        (Table(36, 12, 2, 0), 0.0569, 0.3404),
        # Fagerland's airway example (1, 1, 7, 12), which he gives as -0.507 to -0.026.
        (Table(1, 1, 7, 12), -0.507, -0.026),
    ],
)
def test_newcombe_gives_the_published_intervals(table: Table, low: float, high: float) -> None:
    assert newcombe(table) == pytest.approx((low, high), abs=6e-4)


counts = st.integers(0, 60)


@given(counts, counts, counts, counts)
def test_newcombe_holds_the_drop_and_mirrors(both: int, worse: int, better: int, no: int) -> None:
    table = Table(both, worse, better, no)
    low, high = newcombe(table)
    if not table.pairs:
        assert (low, high) == (-1.0, 1.0)
        return
    assert -1 <= low <= table.drop + 1e-12
    assert table.drop - 1e-12 <= high <= 1
    assert newcombe(Table(both, better, worse, no)) == pytest.approx((-high, -low))


@given(st.integers(0, 100), counts, counts)
def test_a_further_worse_pair_raises_the_upper_end(both: int, worse: int, better: int) -> None:
    one, two = Table(both + 1, worse, better, 0), Table(both, worse + 1, better, 0)
    assert newcombe(one)[1] < newcombe(two)[1]


@pytest.mark.parametrize(("x", "n", "y", "m"), [(95, 100, 80, 100), (10, 12, 40, 90), (0, 5, 5, 5)])
def test_unpaired_difference_agrees_with_statsmodels(x: int, n: int, y: int, m: int) -> None:
    ours = square_and_add((x / n, *wilson(x, n)), (y / m, *wilson(y, m)))
    assert ours == pytest.approx(confint_proportions_2indep(x, n, y, m, method="newcomb"))


@pytest.mark.parametrize(("worse", "better"), [(0, 0), (1, 0), (7, 1), (4, 1), (40, 30), (0, 9)])
def test_mcnemar_is_the_binomial_test_less_half_the_point(worse: int, better: int) -> None:
    flips = worse + better
    half = binom.pmf(worse, flips, 0.5) / 2
    exact = binomtest(worse, flips, 0.5, "greater").pvalue if flips else 1.0
    assert mcnemar_worse(worse, better) == pytest.approx(exact - half)


def test_mcnemar_of_many_flips() -> None:
    assert mcnemar_worse(1000, 1000) == pytest.approx(0.5)
    assert mcnemar_worse(2000, 100) < 1e-300
    assert mcnemar_worse(400_000, 400_000) == pytest.approx(0.5)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_falls_as_more_get_worse(worse: int, better: int) -> None:
    assert mcnemar_worse(worse + 1, better) < mcnemar_worse(worse, better)
    assert mcnemar_worse(worse, better) + mcnemar_worse(better, worse) == pytest.approx(1)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    names = {str(n): p for n, p in enumerate(p_values)}
    assert list(map(holm(names).get, names)) == pytest.approx(
        multipletests(p_values, method="holm")[1]
    )


def test_holm_of_nothing() -> None:
    assert holm({}) == {}


def test_defects_are_compared_class_by_class() -> None:
    pairs = [CallPair(str(n), bad("a"), bad("b")) for n in range(6)]
    pairs += [CallPair("same", bad("a", "c"), bad("a", "c"))]
    assert defect_p_values(pairs) == {"a": mcnemar_worse(0, 6), "b": mcnemar_worse(6, 0)}


def test_tabulate_counts_who_passed() -> None:
    pairs = [
        CallPair("1", OK, OK),
        CallPair("2", OK, OK),
        CallPair("3", OK, bad()),
        CallPair("4", bad(), OK),
        CallPair("5", bad(), bad()),
    ]
    table = tabulate(pairs)
    assert table == Table(both=2, worse=1, better=1, neither=1)
    assert (table.pairs, table.drop) == (5, 0.0)


def test_a_call_shows_what_failed_it() -> None:
    asked = case(1)
    assert CallResult.of(verdict(asked)) == OK
    assert CallResult.of(verdict(asked, "fail", STRINGIFIED)) == bad("object-as-json-string")


def clustered(flips: dict[str, tuple[int, int]], size: int, clusters: int) -> list[CallPair]:
    """Pairs in clusters of one size; in those named so many calls got worse, and better."""
    made = []
    for n in range(clusters):
        worse, better = flips.get(str(n), (0, 0))
        for k in range(size):
            old, new = (OK, bad()) if k < worse else (bad(), OK) if k < worse + better else (OK, OK)
            made.append(CallPair(f"{n}-{k}", old, new, cluster=str(n)))
    return made


def test_the_interval_of_single_calls_is_newcombes() -> None:
    singles = clustered({"0": (1, 0), "1": (1, 0), "2": (0, 1)}, 1, 400)
    low, high = drop_interval(singles)
    assert (low, high) == pytest.approx(newcombe(tabulate(singles)), abs=5e-4)


def test_calls_of_one_cluster_are_no_independent_looks() -> None:
    together = clustered({str(n): (4, 0) for n in range(5)}, 4, 50)
    apart = [CallPair(p.case_id, p.baseline, p.candidate) for p in together]
    wide, narrow = drop_interval(together), drop_interval(apart)
    assert tabulate(together) == tabulate(apart)
    assert wide[1] - wide[0] > 1.5 * (narrow[1] - narrow[0])


def test_with_no_change_the_clusters_are_what_was_sampled() -> None:
    assert drop_interval(clustered({}, 4, 50)) == newcombe(Table(50, 0, 0, 0))


@given(st.integers(1, 60), st.integers(1, 4))
def test_one_change_makes_nobody_surer(clusters: int, size: int) -> None:
    none = drop_interval(clustered({}, size, clusters))
    one = drop_interval(clustered({"0": (1, 0)}, size, clusters))
    assert one[1] >= none[1]
    assert -1 <= one[0] <= one[1] <= 1


def test_no_pairs_say_nothing() -> None:
    assert drop_interval([]) == (-1.0, 1.0)


def test_the_drop_of_a_defect_is_how_much_more_often_it_comes() -> None:
    pairs = [CallPair(str(n), bad("a"), bad("b")) for n in range(5)]
    pairs += [CallPair(f"same-{n}", OK, OK) for n in range(45)]
    assert tabulate(pairs).drop == 0
    assert tabulate(pairs, "b").drop == 0.1 == -tabulate(pairs, "a").drop
    assert drop_interval(pairs, slug="b")[0] > 0 > drop_interval(pairs, slug="a")[1]


def test_cases_that_changed_are_counted_and_not_their_calls() -> None:
    twice = [CallPair("1", OK, bad("a"), stream) for stream in (False, True)]
    undone = [CallPair("2", OK, bad("a")), CallPair("2", bad("a"), OK, True)]
    better = [CallPair("3", bad("a"), OK), CallPair("3", bad("a"), bad("a"), True)]
    assert changed_cases([*twice, *undone, *better]) == (1, 1)
    assert changed_cases(twice, "b") == (0, 0)


def test_pairs_hold_only_what_both_sides_judged() -> None:
    run = collect(events())
    pairs = pair_up(run, "sim/clean", run, "acme/one")
    # sim/clean was asked plain only, so the streamed askings of acme/one do not count.
    assert tabulate(pairs) == Table(both=4, worse=2, better=0, neither=0)
    assert [p.case_id for p in pairs] == list(run.cases)


def test_pairs_of_a_case_that_one_side_never_judged() -> None:
    lost = verdict(case(7), "unjudged", reason="timeout")
    other = verdict(case(7), target="acme/one")
    lines = [*events(), CaseDrawn(case(7)), VerdictReached(lost), VerdictReached(other)]
    run = collect(lines)
    assert case(7).id not in [p.case_id for p in pair_up(run, "sim/clean", run, "acme/one")]


@pytest.mark.parametrize("worse", [5, 240, 250, 251, 290])
def test_many_changes_are_counted_by_logarithms(worse: int) -> None:
    exact = mcnemar_worse(worse, 500 - worse)
    assert mcnemar._long_mid_p(worse, 500) == pytest.approx(exact, rel=1e-9)
