"""Scenarios at the levels that suit a target: the same whatever the order of its answers."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import Case
from toolfuzz.core.events import CaseSkipped, VerdictReached
from toolfuzz.core.verdict import Scenario, Status, Verdict
from toolfuzz.generate.dimensions import find
from toolfuzz.runs import scenarios
from toolfuzz.runs.adaptive import AdaptiveFeed
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.reading import load_run
from toolfuzz.runs.resume import resumed_options
from toolfuzz.runs.run import run
from toolfuzz.runs.scenarios import dimensions_of, questions

SCENARIOS = 8
Judge = Callable[[Case], Status]


def level(case: Case) -> int:
    assert case.world
    return int(case.world["level"])


def below(most: int) -> Judge:
    """A made-up model that passes below a level."""
    return lambda case: "pass" if level(case) < most else "fail"


def verdict(case: Case, status: Status) -> Verdict:
    assert case.world
    played = Scenario("plan", level(case), case.cluster, bool(case.world["twin"]), status)
    return Verdict(case.id, "made", 0, False, status, scenario=played)


async def asked(
    judge: Judge, *, before: list[Verdict] | None = None, random: Random | None = None
) -> list[Case]:
    """Ask all, several at once; ``random`` shuffles the order in which answers come."""
    feed = AdaptiveFeed(["plan"], SCENARIOS, seed=5, before=before or ())
    known = {v.case_id for v in before or ()}
    cases: list[Case] = []
    waiting: list[Case] = []

    async def take() -> None:
        position = 0
        while (case := await feed.get(position)) is not None:
            cases.append(case)
            if case.id not in known:
                waiting.append(case)
            position += 1

    taking = asyncio.create_task(take())
    while not taking.done():
        await asyncio.sleep(0.002)
        if random:
            random.shuffle(waiting)
        if waiting:
            case = waiting.pop()
            feed.note([VerdictReached(verdict(case, judge(case)))])
    await taking
    return cases


async def test_each_scenario_comes_with_its_twin() -> None:
    cases = await asked(below(9))
    assert len(cases) == 2 * SCENARIOS
    for burdened, twin in zip(cases[::2], cases[1::2], strict=True):
        assert burdened.world and twin.world
        assert burdened.world["pair"] == twin.world["pair"]
        assert (burdened.world["twin"], twin.world["twin"]) == (False, True)
    assert len({case.id for case in cases}) == len(cases)


async def test_levels_follow_the_answers() -> None:
    weak, strong = await asked(below(5)), await asked(below(50))
    assert level(strong[-1]) == find("plan").adaptive_levels[1]
    assert level(weak[-1]) < 7


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_of_the_answers_changes_nothing(seed: int) -> None:
    assert await asked(below(9), random=Random(seed)) == await asked(below(9))


async def test_a_resumed_run_asks_what_it_would_have_asked() -> None:
    cases = await asked(below(9))
    before = [verdict(case, below(9)(case)) for case in cases[:7]]
    assert await asked(below(9), before=before) == cases


async def test_what_was_unjudged_first_is_so_for_the_choice() -> None:
    """It is asked again when the run is resumed; the levels behind it were chosen without it."""

    def judge(case: Case) -> Status:
        return "unjudged" if case.id in lost else below(9)(case)

    lost: set[str] = set()
    lost = {(await asked(below(9)))[2].id}
    cases = await asked(judge)
    before = [verdict(case, judge(case)) for case in cases[:9]]
    mended = [*before, *(verdict(case, "pass") for case in cases if case.id in lost)]
    assert await asked(judge, before=mended) == cases


async def test_what_can_t_be_asked_holds_nothing_up() -> None:
    feed = AdaptiveFeed(["plan"], 6, seed=5)
    for position in range(12):
        async with asyncio.timeout(5):
            case = await feed.get(position)
        assert case
        feed.note([CaseSkipped(case.id, "", "no words for it", "made")])
    assert await feed.get(12) is None


async def test_a_scenario_ends_with_the_last_of_its_askings() -> None:
    """Four may be under way; the fifth waits for what came of the first, plain and streamed."""
    feed = AdaptiveFeed(["plan"], 6, seed=5, askings=2)
    first, *_ = [await feed.get(position) for position in range(8)]
    assert first
    fifth = asyncio.create_task(feed.get(8))
    for said in (verdict(first, "pass"), replace(verdict(first, "fail"), stream=True)):
        await asyncio.sleep(0.05)
        assert not fifth.done()
        feed.note([VerdictReached(said)])
    async with asyncio.timeout(5):
        case = await fifth
    assert case and level(case) < level(first)


# --- over real HTTP


def settled(data: RunData) -> Iterator[tuple[str, str]]:
    return ((v.case_id, v.status) for v in data.verdicts)


async def test_a_run_that_was_cut_off_goes_on_as_it_would_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One of them, since all take long.
    monkeypatch.setattr(scenarios, "dimension_names", lambda: {"plan": ""})
    options = RunOptions.read(
        {"models": "sim/clean", "probes": "dimensions", "cases": 2, "seed": 4}
    )
    whole = await run(options.but(out=tmp_path / "whole"))
    assert whole["targets"][0]["dimensions"]["plan"]["success"]["rate"] == 1
    lines = (tmp_path / "whole" / JOURNAL_NAME).read_text().splitlines(keepends=True)
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / JOURNAL_NAME).write_text("".join(lines[: len(lines) // 2]))
    await run(resumed_options(tmp_path / "cut"), resume=tmp_path / "cut")
    first, second = (load_run(tmp_path / name) for name in ("whole", "cut"))
    assert set(settled(first)) == set(settled(second))
    assert set(first.cases) == set(second.cases)


def test_so_many_questions_are_announced() -> None:
    options = RunOptions.read({"models": "sim/clean", "probes": "dimensions"})
    assert options.cases == 40
    assert questions(options)["questions"] == 80 * len(dimensions_of(options))
    fixed = RunOptions.read({"models": "sim/clean", "probes": "plan", "level": 4, "cases": 5})
    assert questions(fixed) == {"questions": 10}
    assert questions(RunOptions.read({"models": "sim/clean"})) == {}
    assert json.dumps(options.settings())
