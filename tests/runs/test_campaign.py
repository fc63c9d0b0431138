"""A campaign over made-up targets: the journal's order, cancelling, giving up, going on."""

import asyncio
import errno
import itertools
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import needs
import pytest
from made_sources import (
    BROKEN,
    PAID,
    MadeSource,
    attempt,
    attempts_in,
    broken,
    case,
    each,
    honest,
    target,
)

from toolfuzz.analyze.load import collect
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.case import Case
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    TargetGivenUp,
    VerdictReached,
)
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import Request
from toolfuzz.report import words
from toolfuzz.runs.campaign import DRAW_AHEAD, GIVE_UP_AFTER, Campaign, ask_all, run_campaign
from toolfuzz.runs.journal import JOURNAL_NAME
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.purse import Purse
from toolfuzz.runs.reading import load_run, read_journal
from toolfuzz.runs.record import Record
from toolfuzz.sources.pacing import Pacers

CASES = [case(n) for n in range(6)]


def opening(*sources: MadeSource) -> RunStarted:
    return RunStarted(1.0, "0", tuple(s.target for s in sources), {"cases": len(CASES)})


async def ran(
    folder: Path,
    *sources: MadeSource,
    cases: list[Case] = CASES,
    resume: bool = False,
    stop: asyncio.Event | None = None,
    **options: object,
) -> tuple[RunFinished, list[Event]]:
    with Record(folder, opening(*sources), resume=resume) as record:
        answered = record.answered()
        campaign = Campaign(
            sources,
            each(cases),
            record,
            answered=answered,
            **options,  # type: ignore[arg-type]
        )
        finished = await run_campaign(campaign, stop=stop)
    return finished, list(read_journal(folder))


def verdicts(events: list[Event], name: str = "") -> list[Verdict]:
    found = [e.verdict for e in events if isinstance(e, VerdictReached)]
    return [v for v in found if name in ("", v.target)]


# --- order


async def test_the_journal_tells_in_order_and_each_case_once(tmp_path: Path) -> None:
    told: list[Event] = []
    sources = MadeSource(target("a", "both")), MadeSource(target("b"))
    finished, events = await ran(tmp_path / "run", *sources, repeat=2, tell=told.append)
    assert isinstance(events[0], RunStarted) and events[-1] == finished
    assert told == events[1:]
    seen: set[str] = set()
    asked: set[tuple[str, str, int, bool]] = set()
    for event in events:
        match event:
            case CaseDrawn(drawn):
                assert drawn.id not in seen
                seen.add(drawn.id)
            case ExchangeRecorded(x):
                assert x.case_id in seen
                asked.add((x.case_id, x.target, x.repeat, x.stream))
            case VerdictReached(v):
                assert (v.case_id, v.target, v.repeat, v.stream) in asked
    assert len(seen) == 6 and len(asked) == len(verdicts(events)) == 6 * 2 * 3
    assert {v.status for v in verdicts(events)} == {"pass"}


async def test_a_slow_target_does_not_hold_up_a_fast_one(tmp_path: Path) -> None:
    """The slow one answers nothing at all until the fast one is through."""
    fast_is_through = asyncio.Event()
    many = [case(n) for n in range(DRAW_AHEAD + 40)]
    fast = MadeSource(target("fast"))
    slow = MadeSource(target("slow"), before=lambda request: fast_is_through.wait())

    def tell(event: Event) -> None:
        if isinstance(event, VerdictReached) and event.verdict.target == "fast":
            counted.append(event)
            if len(counted) == len(many):
                fast_is_through.set()

    counted: list[Event] = []
    running = ran(tmp_path / "run", fast, slow, cases=many, tell=tell)
    _, events = await asyncio.wait_for(running, 60)
    assert len(verdicts(events, "fast")) == len(verdicts(events, "slow")) == len(many)


async def test_cases_are_drawn_only_a_little_ahead(tmp_path: Path) -> None:
    gate, drawn = asyncio.Event(), 0

    async def endless() -> AsyncIterator[Case]:
        nonlocal drawn
        for number in range(500):
            drawn += 1
            yield case(number)

    source = MadeSource(target(), before=lambda request: gate.wait())
    with Record(tmp_path / "run", opening(source)) as record:
        asking = asyncio.create_task(
            ask_all(Campaign([source], endless(), record), stop=asyncio.Event())
        )
        for _ in range(2000):
            await asyncio.sleep(0)
        assert drawn <= DRAW_AHEAD + 2 * source.pace.most
        gate.set()
        await asking
    assert drawn == 500


async def test_a_mistake_in_drawing_is_raised_and_the_answers_stay(tmp_path: Path) -> None:
    async def stumbling() -> AsyncIterator[Case]:
        yield CASES[0]
        raise ZeroDivisionError

    source = MadeSource(target())
    with Record(tmp_path / "run", opening(source)) as record, pytest.raises(ZeroDivisionError):
        await run_campaign(Campaign([source], stumbling(), record))
    assert len(verdicts(list(read_journal(tmp_path / "run")))) == 1


# --- stopping


async def test_the_first_stop_lets_what_is_under_way_finish(tmp_path: Path) -> None:
    stop = asyncio.Event()

    def tell(event: Event) -> None:
        if isinstance(event, VerdictReached):
            stop.set()

    PAID.clear()
    source = MadeSource(target(), concurrency=2)
    finished, events = await ran(tmp_path / "run", source, stop=stop, tell=tell)
    assert finished.reason == "interrupted"
    assert 1 <= len(verdicts(events)) <= 1 + source.pace.most
    assert attempts_in(events) == len(verdicts(events)) == len(PAID)


async def test_a_stop_ends_the_pauses_between_attempts(tmp_path: Path) -> None:
    """A server may ask for a minute; whoever presses Ctrl-C doesn't wait for it."""
    stop, paused = asyncio.Event(), asyncio.Event()
    pacers = Pacers()

    async def pause(request: Request) -> None:
        paused.set()
        await pacers.of(source).pause(3600)

    source = MadeSource(target(), before=pause, concurrency=2)
    running = asyncio.create_task(ran(tmp_path / "run", source, stop=stop, permits=pacers))
    await paused.wait()
    stop.set()
    finished, events = await asyncio.wait_for(running, 60)
    assert finished.reason == "interrupted"
    assert len(verdicts(events)) == source.pace.most
    assert pacers.of(source).closed


async def test_cancelled_anywhere_what_was_paid_is_in_the_journal(tmp_path: Path) -> None:
    sources = MadeSource(target("a", "both"), concurrency=2), MadeSource(target("b"))
    for steps in itertools.count():
        PAID.clear()
        folder = tmp_path / str(steps)
        running = asyncio.create_task(ran(folder, *sources, cases=CASES[:2]))
        for _ in range(steps):
            await asyncio.sleep(0)
        finished = running.done()
        running.cancel()
        if finished:
            break
        with pytest.raises(asyncio.CancelledError):
            await running
        events = list(read_journal(folder)) if (folder / JOURNAL_NAME).exists() else []
        assert attempts_in(events) == len(PAID), f"cancelled after {steps} steps"
    assert steps > 20
    assert len(PAID) == 2 * 3


async def test_cancelled_while_a_known_question_is_asked_what_was_paid_is_there(
    tmp_path: Path,
) -> None:
    """Others are answered meanwhile, and wait until it is known whether to give up."""
    asked, again = [0], asyncio.Event()

    async def hang_when_known(request: Request) -> None:
        first = request.body["n"] == 0
        asked[0] += first
        if first and asked[0] == 2:
            again.set()
            await asyncio.Event().wait()

    def only_the_first(request: Request) -> list[Attempt]:
        return honest(request) if request.body["n"] == 0 else [BROKEN]

    PAID.clear()
    source = MadeSource(target(), only_the_first, 4, hang_when_known)
    running = asyncio.create_task(ran(tmp_path / "run", source, cases=[case(n) for n in range(60)]))
    await again.wait()
    for _ in range(100):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    events = list(read_journal(tmp_path / "run"))
    assert attempts_in(events) == len(PAID) > GIVE_UP_AFTER + 1
    assert not any(isinstance(event, TargetGivenUp) for event in events)


# --- giving up


def broken_but_every(n: int) -> object:
    """Answers that can't be judged, but for every ``n``-th case."""

    def answer(request: Request) -> list[Attempt]:
        return honest(request) if request.body["n"] % n == n - 1 else [BROKEN]

    return answer


async def test_a_dead_target_is_given_up_and_the_journal_says_so(tmp_path: Path) -> None:
    many = [case(n) for n in range(60)]
    sources = MadeSource(target("dead"), broken, concurrency=1), MadeSource(target("alive"))
    finished, events = await ran(tmp_path / "run", *sources, cases=many)
    assert GIVE_UP_AFTER == 25
    assert len(verdicts(events, "dead")) == 25
    assert len(verdicts(events, "alive")) == 60
    assert finished.reason == "done"
    [given_up] = [e for e in events if isinstance(e, TargetGivenUp)]
    assert (given_up.target, given_up.after) == ("dead", 25)
    assert given_up.reason == verdicts(events, "dead")[-1].reason
    last = max(
        n for n, e in enumerate(events) if e in map(VerdictReached, verdicts(events, "dead"))
    )
    assert events.index(given_up) > last
    assert collect(events).given_up == {"dead": given_up}


async def test_answers_under_way_when_it_is_given_up_still_count(tmp_path: Path) -> None:
    many = [case(n) for n in range(60)]
    source = MadeSource(target(), broken, concurrency=8)
    finished, events = await ran(tmp_path / "run", source, cases=many)
    assert 25 <= len(verdicts(events)) <= 25 + 8
    assert finished.reason == "endpoint"
    assert sum(isinstance(e, TargetGivenUp) for e in events) == 1


def hanging(request: Request) -> list[Attempt]:
    """An engine's parser that hangs at every second question."""
    if request.body["n"] % 2:
        return honest(request)
    return [attempt(500, {"error": {"code": "parser_hangs", "message": "it hangs"}})]


async def test_a_parser_that_hangs_is_not_asked_all_of_it(tmp_path: Path) -> None:
    """What was judged counts, and the run isn't one whose endpoint is gone."""
    many = [case(n) for n in range(60)]
    source = MadeSource(target("slow"), hanging, concurrency=1)
    finished, events = await ran(tmp_path / "run", source, cases=many, most_hangs=3)
    found = verdicts(events, "slow")
    assert [v.status for v in found] == ["fail", "pass"] * 2 + ["fail"]
    [given_up] = [e for e in events if isinstance(e, TargetGivenUp)]
    assert (given_up.after, given_up.hung, finished.reason) == (3, True, "done")
    figures = summarize(load_run(tmp_path / "run"))["targets"][0]
    assert words.given_up(figures) == (
        "given up after it hung at 3 questions; the figures rest on 5 answers"
    )


@pytest.mark.parametrize(("every", "given_up"), [(25, False), (26, True)])
async def test_only_answers_in_a_row_count(tmp_path: Path, every: int, given_up: bool) -> None:
    many = [case(n) for n in range(100)]
    source = MadeSource(target(), broken_but_every(every), concurrency=1)  # type: ignore[arg-type]
    finished, events = await ran(tmp_path / "run", source, cases=many)
    assert (finished.reason == "endpoint") is given_up
    assert len(verdicts(events)) == (25 if given_up else 100)


async def test_a_target_that_was_given_up_is_tried_again_on_resume(tmp_path: Path) -> None:
    many = [case(n) for n in range(30)]
    dead = MadeSource(target(), broken, concurrency=1)
    _, events = await ran(tmp_path / "run", dead, cases=many)
    assert set(collect(events).given_up) == {"m"}
    finished, events = await ran(tmp_path / "run", MadeSource(target()), cases=many, resume=True)
    run = collect(events)
    assert (finished.reason, run.given_up) == ("done", {})
    assert {v.status for v in run.verdicts} == {"pass"} and len(run.verdicts) == 30


# --- going on


async def test_what_could_not_be_judged_is_asked_again(tmp_path: Path) -> None:
    def half(request: Request) -> list[Attempt]:
        return honest(request) if request.body["n"] % 2 else [BROKEN]

    await ran(tmp_path / "run", MadeSource(target(), half), repeat=2)
    PAID.clear()
    _, events = await ran(tmp_path / "run", MadeSource(target()), repeat=2, resume=True)
    assert len(PAID) == 3 * 2
    run = collect(events)
    assert len(run.verdicts) == 12 and {v.status for v in run.verdicts} == {"pass"}


def prefixes(whole: bytes) -> Iterator[bytes]:
    """What a process may have written when it was killed: after each line, and within each."""
    lines = whole.splitlines(keepends=True)
    for count in range(1, len(lines) + 1):
        done = b"".join(lines[:count])
        yield done
        yield done + (lines[count][: len(lines[count]) // 2] if count < len(lines) else b'{"ev')


async def test_it_goes_on_after_a_kill_at_any_line(tmp_path: Path) -> None:
    source = MadeSource(target("a", "both"), concurrency=2)
    await ran(tmp_path / "whole", source, cases=CASES[:3])
    whole = (tmp_path / "whole" / JOURNAL_NAME).read_bytes()
    questions = {
        (v.case_id, v.stream, v.status) for v in verdicts(list(read_journal(tmp_path / "whole")))
    }
    assert len(questions) == 6
    for number, written in enumerate(prefixes(whole)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / JOURNAL_NAME).write_bytes(written)
        before = verdicts(list(read_journal(folder)))
        through = [
            c for c in {v.case_id for v in before} if [v.case_id for v in before].count(c) == 2
        ]
        PAID.clear()
        finished, events = await ran(folder, source, cases=CASES[:3], resume=True)
        assert finished.reason == "done"
        assert len(PAID) == 2 * (3 - len(through)), "what is answered is not asked again"
        run = collect(events)
        assert {(v.case_id, v.stream, v.status) for v in run.verdicts} == questions
        drawn = [e.case.id for e in events if isinstance(e, CaseDrawn)]
        assert len(drawn) == len(set(drawn)) == 3


async def test_a_conversation_goes_on_both_ways_after_a_kill_at_any_line(tmp_path: Path) -> None:
    source, talks = MadeSource(target("a", "both")), [case(0, turns=3)]
    await ran(tmp_path / "whole", source, cases=talks)
    whole = list(read_journal(tmp_path / "whole"))
    for number, written in enumerate(prefixes((tmp_path / "whole" / JOURNAL_NAME).read_bytes())):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / JOURNAL_NAME).write_bytes(written)
        there, told = attempts_in(list(read_journal(folder))), list[Event]()
        PAID.clear()
        with Record(folder, opening(source), resume=True) as record:
            answered, begun = record.answered(), record.begun
            through = bool(answered)
            campaign = Campaign(
                [source], each(talks), record, answered=answered, begun=begun, tell=told.append
            )
            await run_campaign(campaign)
        events = list(read_journal(folder))
        assert there + len(PAID) == attempts_in(events) == 2 * 3, "no turn is asked twice"
        assert verdicts(events) == verdicts(whole), "none stands twice"
        assert len(verdicts(told)) == (0 if through else 2), "progress knows of each"


async def test_a_kill_before_the_first_line_leaves_nothing_to_go_on_with(tmp_path: Path) -> None:
    (tmp_path / JOURNAL_NAME).write_bytes(b'{"event": "run-sta')
    with pytest.raises(UsageError, match="other options"):
        await ran(tmp_path, MadeSource(target()), resume=True)


async def test_a_dead_target_is_left_though_the_budget_is_nearly_spent(tmp_path: Path) -> None:
    answer = broken_but_every(60)
    many = [case(59), *(case(n) for n in range(59))]
    for calls in (26, 27, 28, 29):
        stop = asyncio.Event()
        purse = Purse(Limits(calls), {}, stop)
        source = MadeSource(target("m"), answer, concurrency=3)  # type: ignore[arg-type]
        ended = ran(tmp_path / str(calls), source, cases=many, stop=stop, purse=purse)
        finished, events = await asyncio.wait_for(ended, 5)
        assert attempts_in(events) <= calls
        assert finished.reason in ("budget", "endpoint")


@needs.limits
async def test_a_disk_that_fills_ends_a_conversation_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its third turn would never be answered."""
    talks = [case(0, turns=3)]
    await ran(tmp_path / "whole", MadeSource(target()), cases=talks)
    lines = (tmp_path / "whole" / JOURNAL_NAME).read_bytes().splitlines(keepends=True)

    async def hang(request: Request) -> None:
        if request.body["turn"] == 2:
            await asyncio.Event().wait()

    import resource

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (sum(map(len, lines[:3])) + 100, most))
    try:
        with pytest.raises(ExceptionGroup) as failed:
            async with asyncio.timeout(10):
                await ran(tmp_path / "run", MadeSource(target(), before=hang), cases=talks)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert {error.errno for error in failed.value.exceptions} == {errno.EFBIG}  # type: ignore[attr-defined]
    kept = list(read_journal(tmp_path / "run"))
    assert [e.exchange.turn for e in kept if isinstance(e, ExchangeRecorded)] == [0]
