import pytest
from made_up import FLOAT, STRINGIFIED, case, events, verdict

from toolfuzz.analyze.load import causes, collect, last_of_each_turn, question
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import CaseDrawn, RunFinished, VerdictReached
from toolfuzz.core.exchange import Exchange


def test_collect_gathers_everything() -> None:
    run = collect(events())
    assert (len(run.cases), len(run.verdicts), len(run.skipped)) == (6, 18, 1)
    assert run.finished == RunFinished(1060.0)
    assert run.exchanges == {}
    assert len(run.of("acme/one")) == 12


def test_exchanges_are_kept_on_request() -> None:
    run = collect(events(), keep_exchanges=True)
    assert {question(v) for v in run.verdicts} == set(run.exchanges)


def test_a_question_judged_again_counts_as_judged_last() -> None:
    again = verdict(case(6), "unjudged", reason="refusal")
    run = collect([*events(), CaseDrawn(case(6)), VerdictReached(again)])
    assert [v for v in run.of("sim/clean") if v.case_id == again.case_id] == [again]


def test_of_a_conversation_asked_again_the_last_answer_of_each_turn_counts() -> None:
    asked = [
        Exchange("c", turn, "t", 0, False, {"n": n}, ()) for n, turn in enumerate([0, 1, 0, 1, 2])
    ]
    assert [e.request for e in last_of_each_turn(asked)] == [{"n": 2}, {"n": 3}, {"n": 4}]


@pytest.mark.parametrize(
    ("status", "findings", "failing"),
    [
        ("pass", (FLOAT,), ()),
        ("fail", (FLOAT, STRINGIFIED), (STRINGIFIED,)),
        ("fail", (FLOAT,), (FLOAT,)),  # --strict
    ],
)
def test_what_failed_a_verdict(status: str, findings: tuple, failing: tuple) -> None:
    assert causes(verdict(case(1), status, *findings)) == failing


def test_a_run_that_was_cut_off_has_no_end() -> None:
    assert collect(events()[:-1]).finished is None


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (events()[1:], "run-started"),
        ([*events()[:1], VerdictReached(verdict(case(9)))], "never drew"),
        ([*events(), VerdictReached(verdict(case(6), target="no/one"))], "never asked"),
    ],
)
def test_a_broken_order_is_named(lines: list, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        collect(lines)
