import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import STRINGIFIED, case, events, verdict
from scipy.stats import binom, binomtest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.paired import (
    CasePair,
    CaseResult,
    Table,
    case_result,
    defect_p_values,
    holm,
    mcnemar_worse,
    newcombe,
    pair_up,
    square_and_add,
    tabulate,
)
from toolfuzz.analyze.rates import wilson
from toolfuzz.core.events import CaseDrawn, VerdictReached

OK = CaseResult(True)


def bad(*slugs: str) -> CaseResult:
    return CaseResult(False, frozenset(slugs))


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
    pairs = [CasePair(str(n), bad("a"), bad("b")) for n in range(6)]
    pairs += [CasePair("same", bad("a", "c"), bad("a", "c"))]
    assert defect_p_values(pairs) == {"a": mcnemar_worse(0, 6), "b": mcnemar_worse(6, 0)}


def test_tabulate_counts_who_passed() -> None:
    pairs = [
        CasePair("1", OK, OK),
        CasePair("2", OK, OK),
        CasePair("3", OK, bad()),
        CasePair("4", bad(), OK),
        CasePair("5", bad(), bad()),
    ]
    table = tabulate(pairs)
    assert table == Table(both=2, worse=1, better=1, neither=1)
    assert (table.pairs, table.drop) == (5, 0.0)


def test_an_answer_passes_when_every_judged_asking_did() -> None:
    asked = case(1)
    good, lost = verdict(asked), verdict(asked, "unjudged", reason="refusal")
    wrong = verdict(asked, "fail", STRINGIFIED)
    assert case_result([good, lost]) == OK
    assert case_result([good, wrong]) == bad("object-as-json-string")
    assert case_result([lost]) is None


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
