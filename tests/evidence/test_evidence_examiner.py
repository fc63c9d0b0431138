"""An examiner pays once, and tells what one reply can't show beside a case that is answered."""

import asyncio
from pathlib import Path

import pytest
from made_sources import MadeSource, attempt, case, honest, target

from toolfuzz.analyze.load import collect
from toolfuzz.core.events import RunStarted
from toolfuzz.core.exchange import Attempt
from toolfuzz.evidence.examiner import Budget, Symptom, open_examiner
from toolfuzz.evidence.reduction import BudgetSpentError
from toolfuzz.formats import Request
from toolfuzz.runs.costs import Amount
from toolfuzz.runs.journal import Journal
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.purse import spending
from toolfuzz.runs.reading import read_journal

LOST, ANSWERED = case(5), case(1)


def test_each_failure_has_all_askings() -> None:
    budget = Budget(3)
    budget.take(3)
    fresh = budget.anew()
    fresh.take(3)
    with pytest.raises(BudgetSpentError, match="--askings 3: all are made"):
        fresh.take()


@pytest.mark.parametrize("paired", [False, True])
async def test_each_answer_is_paid_once(paired: bool) -> None:
    """An answer of the made-up target has 10 tokens in and 5 out."""
    limits = Limits(dollars=1e9, price=(1e6, 1e6))
    async with spending(limits, [target()]) as (purse, permits):
        budget = Budget(9, purse, permits)
        opened = open_examiner(MadeSource(target()), stream=True, budget=budget, paired=paired)
        async with opened as examiner:
            for n in range(3):
                await examiner.ask(case(n))
        asked = 3 * (1 + paired)
        assert purse is not None
        assert purse.spent == Amount(asked, 15 * asked, 15 * asked)
    assert budget.asked == asked


async def test_what_the_command_may_spend_ends_it() -> None:
    async with spending(Limits(calls=2), [target()]) as (purse, permits):
        opened = open_examiner(MadeSource(target()), stream=False, budget=Budget(9, purse, permits))
        async with opened as examiner:
            answers = await asyncio.gather(
                *(examiner.ask(case(n)) for n in range(4)), return_exceptions=True
            )
    ended = [str(answer) for answer in answers if isinstance(answer, BudgetSpentError)]
    assert ended == ["--max-calls 2: 2 were made"] * 2


def breaking(status: int, *numbers: int) -> object:
    def answer(request: Request) -> list[Attempt]:
        if request.body["n"] in numbers:
            return [attempt(status, {"error": {"message": "Bad Request"}})] * 2
        return honest(request)

    return answer


@pytest.mark.parametrize(("status", "slug"), [(500, "server-error"), (400, "request-refused")])
async def test_what_is_lost_beside_an_answer_shows_the_failure(
    tmp_path: Path, status: int, slug: str
) -> None:
    source = MadeSource(target(), breaking(status, 5))  # type: ignore[arg-type]
    budget = Budget()
    with Journal(tmp_path / "study") as journal:
        journal.append([RunStarted(1.0, "0", (source.target,))])
        async with open_examiner(
            source, stream=False, budget=budget, journal=journal, answered=ANSWERED
        ) as examiner:
            assert await examiner.fails(LOST, Symptom(slug, "")) is True
            assert await examiner.fails(case(2), Symptom(slug, "")) is False
    assert budget.asked == 3
    run = collect(read_journal(tmp_path / "study"), keep_exchanges=True)
    assert {v.case_id: v.status for v in run.verdicts} == {LOST.id: "fail", case(2).id: "pass"}
    assert (ANSWERED.id, "m", 0, False) in run.exchanges


@pytest.mark.parametrize(
    ("status", "numbers", "known"),
    [(500, (5, 1), True), (400, (5, 1), True), (500, (5,), False), (429, (5,), True)],
    ids=["down", "refuses-all", "nothing-known", "limited"],
)
async def test_else_it_shows_nothing(status: int, numbers: tuple[int, ...], known: bool) -> None:
    source = MadeSource(target(), breaking(status, *numbers))  # type: ignore[arg-type]
    answered = ANSWERED if known else None
    async with open_examiner(source, stream=False, budget=Budget(), answered=answered) as examiner:
        assert await examiner.fails(LOST, Symptom("server-error", "")) is None
