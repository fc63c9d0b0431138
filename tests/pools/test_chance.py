"""A streamed reply that differs from the plain one: chance is told from a rule by asking again."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from made_sources import MadeSource, attempt, case, each, right, target

from toolfuzz.core.case import Expectation
from toolfuzz.core.events import Event, ExchangeRecorded, RunStarted, VerdictReached
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.talk import Talk
from toolfuzz.core.verdict import Finding
from toolfuzz.formats import Request
from toolfuzz.judge.policy import Policy
from toolfuzz.pools.local import LocalPool
from toolfuzz.pools.pool import Job
from toolfuzz.runs.access import Access
from toolfuzz.runs.campaign import Campaign, run_campaign
from toolfuzz.runs.offline import Judged, judge_file
from toolfuzz.runs.reading import read_journal
from toolfuzz.runs.record import Record
from toolfuzz.runs.targets import open_sources
from toolfuzz.sources.pacing import Pacers
from toolfuzz.sources.source import SourceSpec

BOTH = (False, True)
DIVERGES = "stream-nonstream-divergence"
NUMBERS = count(100)


async def jobs(source: SourceSpec, cases: list[Any]) -> AsyncIterator[Job]:
    for one in cases:
        yield Job(source, one, modes=BOTH)


async def asked(source: SourceSpec, cases: list[Any]) -> list[Event]:
    events: list[Event] = []
    async for batch in LocalPool().run(jobs(source, cases), Pacers()):
        events += batch
    return events


def told(events: list[Event]) -> Iterator[Finding]:
    for event in events:
        if isinstance(event, VerdictReached):
            yield from (f for f in event.verdict.findings if f.slug == DIVERGES)


def repeats(events: list[Event]) -> list[tuple[int, bool]]:
    exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
    return [(x.repeat, x.stream) for x in exchanges]


def wrong_stream(number: Callable[[], int]) -> Callable[[Request], list[Attempt]]:
    def answer(request: Request) -> list[Attempt]:
        said = request.body
        return [right(number() if said["stream"] else said["n"], stream=said["stream"])]

    return answer


def settled(request: Request) -> list[Attempt]:
    return wrong_stream(lambda: 99)(request)


async def test_a_server_that_always_differs_is_blamed() -> None:
    events = await asked(MadeSource(target(stream="both"), wrong_stream(lambda: 99)), [case(1)])
    (finding,) = told(events)
    assert finding.severity == "error" and finding.message.endswith("each of 3 times")
    again = [(-1, False), (-1, True), (-2, False), (-2, True)]
    assert repeats(events) == [(0, False), *again, (0, True)]
    assert sum(isinstance(event, VerdictReached) for event in events) == 2


async def test_a_model_that_varies_is_not() -> None:
    source = MadeSource(target(stream="both"), wrong_stream(lambda: next(NUMBERS)))
    events = await asked(source, [case(1)])
    assert list(told(events)) == []
    (_, verdict) = [e.verdict for e in events if isinstance(e, VerdictReached)]
    assert [f.slug for f in verdict.findings] == ["value-changed"], "the reply is as wrong as ever"


async def test_a_model_that_varied_once_is_not() -> None:
    numbers = iter([99, 1, 1])
    source = MadeSource(target(stream="both"), wrong_stream(lambda: next(numbers)))
    assert list(told(await asked(source, [case(1)]))) == []


async def test_what_agrees_is_not_asked_again() -> None:
    assert len(repeats(await asked(MadeSource(target(stream="both")), [case(1)]))) == 2


async def test_a_secret_that_was_said_is_not_asked_for_again() -> None:
    source = MadeSource(target(stream="both"), settled, key='{"n": 99}')
    events = await asked(source, [case(1)])
    assert [f.severity for f in told(events)] == ["warn"] and len(repeats(events)) == 2


async def test_what_was_asked_again_is_kept_when_the_run_is_stopped() -> None:
    asking, stopped = count(), asyncio.Event()

    async def before(request: Request) -> None:
        if next(asking) == 4:
            stopped.set()
            await asyncio.sleep(60)

    source = MadeSource(target(stream="both"), settled, before=before)
    events: list[Event] = []

    async def run() -> None:
        async for batch in LocalPool().run(jobs(source, [case(1)]), Pacers()):
            events.extend(batch)

    task = asyncio.create_task(run())
    await stopped.wait()
    task.cancel()
    await asyncio.wait([task])
    assert repeats(events) == [(0, False), (-1, False), (-1, True), (0, True)]
    assert [f.severity for f in told(events)] == ["warn"]


async def test_what_can_not_be_asked_again_is_a_warning() -> None:
    """The server breaks down in between."""
    asking = count()

    def answer(request: Request) -> list[Attempt]:
        if next(asking) > 1:
            return [attempt(500, {"error": {"message": "down"}})]
        return settled(request)

    events = await asked(MadeSource(target(stream="both"), answer), [case(1)])
    (finding,) = told(events)
    assert finding.severity == "warn" and "each was asked once" in finding.message


@pytest.mark.parametrize(("params", "blamed"), [({}, False), ({"temperature": 0}, True)])
async def test_at_temperature_0_once_is_enough(params: dict, blamed: bool) -> None:
    class Settled(MadeSource):
        def request(self, talk: Any, *, stream: bool) -> Request:
            made = super().request(talk, stream=stream)
            return Request("", {**made.body, **params})

    numbers = count(50)
    source = Settled(target(stream="both"), wrong_stream(lambda: next(numbers)))
    events = await asked(source, [case(1)])
    assert [f.severity for f in told(events)] == (["error"] if blamed else [])
    assert len(repeats(events)) == (2 if blamed else 6)


async def simulated(model: str, cases: int) -> list[Event]:
    from toolfuzz.generate import draw_cases

    async with open_sources([f"sim/{model}"], Access(stream="both"), seed=1) as (source,):
        return await asked(source, [c for c in draw_cases(cases, seed=2) if len(c.turns) == 1])


async def test_null_row() -> None:
    """Half of all replies are wrong by chance, streamed or not: nobody's stream is to blame."""
    events = await simulated("fault:number-as-string@0.5", 40)
    exchanges = [e.exchange for e in events if isinstance(e, ExchangeRecorded)]
    doubted = {x.case_id for x in exchanges if x.repeat < 0}
    assert len(doubted) > 5
    blamed = [f for f in told(events) if f.severity == "error"]
    # All three streams wrong and all three plain replies right: one in 64, and in one way.
    assert len(blamed) <= 2, json.dumps([f.message for f in blamed])


async def test_a_simulated_server_that_differs_is_found() -> None:
    events = await simulated(f"fault:{DIVERGES}", 20)
    found = list(told(events))
    assert len(found) > 5
    assert {f.severity for f in found} == {"error"}


async def test_a_conversation_that_is_judged_again_is_told_from_chance_as_then(
    tmp_path: Path,
) -> None:
    """Its first turns stand in the journal before what was asked again, and the last one behind."""

    class Free(MadeSource):
        """What is right in the first turn nobody knows."""

        def request(self, talk: Talk, *, stream: bool) -> Request:
            return Request("", {"turn": talk.number, "stream": stream})

    def answer(request: Request) -> list[Attempt]:
        turn, stream = request.body["turn"], request.body["stream"]
        return [right(1 if turn or stream else 99, turn=turn, stream=stream)]

    first, last = case(1, turns=2).turns
    talk = replace(case(1), turns=(replace(first, expect=Expectation("unknown")), last))
    source = Free(target(stream="both"), answer)
    with Record(tmp_path / "run", RunStarted(1.0, "0", (source.target,))) as record:
        await run_campaign(Campaign([source], each([talk]), record))
    events = list(read_journal(tmp_path / "run"))
    (blamed,) = told(events)
    again = [(n, stream) for n in (-1, -2) for stream in (False, False, True, True)]
    assert repeats(events) == [(0, False), (0, False), (0, True), *again, (0, True)]
    found = list(judge_file(tmp_path / "run" / "run.jsonl", Policy()))
    assert all(isinstance(one, Judged) for one in found)
    streamed = [one for one in found if isinstance(one, Judged) and one.recorded.stream]
    findings = [f for one in streamed for f in one.findings if f.slug == DIVERGES]
    assert [(f.severity, f.message) for f in findings] == [("error", blamed.message)]
