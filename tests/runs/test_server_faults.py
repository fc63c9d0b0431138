"""A server that fails at one question while it answers others fails that question."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_sources import MadeSource, attempt, case, each, honest, target

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.rates import summarize
from toolfuzz.core.events import RunStarted
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.formats import Request
from toolfuzz.judge.defects.server_error import failed_alone
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.campaign import Campaign, run_campaign
from toolfuzz.runs.record import Record

CLOCK = iter(range(10**6))


def at(one: Attempt) -> Attempt:
    return replace(one, started=float(next(CLOCK)))


def failing(status: int | None = 500, error: str | None = None) -> Attempt:
    body = {"error": {"message": "grammar: stack overflow"}}
    return replace(attempt(status or 0, body), status=status, error=error)


def tried(case_id: str, *attempts: tuple[float, Attempt]) -> Exchange:
    timed = tuple(replace(one, started=when) for when, one in attempts)
    return Exchange(case_id, 0, "m", 0, False, {}, timed)


LOST = tried("lost", (0, failing()), (1, failing()), (3, failing()), (7, failing()))
DROPPED = failing(None, "RemoteProtocolError: gone")
OK = attempt(200, {})


def others(*starts: float) -> list[Exchange]:
    return [tried(f"other-{n}", (start, OK)) for n, start in enumerate(starts)]


@pytest.mark.parametrize(
    ("lost", "answered", "blamed"),
    [
        (LOST, others(2, 5), True),
        (LOST, others(2), False),
        (LOST, others(-1, 8, 9), False),
        (LOST, others(0.1, 0.2, 0.3), False),
        (LOST, [tried("lost", (2, OK)), *others(3)], False),
        (LOST, [], False),
        (tried("lost", (0, failing()), (7, failing())), others(2, 5), False),
        (tried("lost", *((t, DROPPED) for t in (0, 1, 3, 7))), others(2, 5), True),
        (tried("lost", *((t, failing(503)) for t in (0, 1, 3, 7))), others(2, 5), False),
        (tried("lost", *((t, failing(429)) for t in (0, 1, 3, 7))), others(2, 5), False),
        (tried("lost", *((t, failing(502)) for t in (0, 1, 3))), others(2, 2.5), True),
        (tried("lost", (0, failing()), (1, failing(429)), (7, failing())), others(2, 5), False),
        (
            tried("lost", *((t, failing(None, "Timeout: no whole reply")) for t in (0, 1, 3))),
            others(2, 2.5),
            False,
        ),
    ],
    ids=[
        "alone", "one-other", "others-before-and-after", "others-only-at-first",
        "itself-in-another-mode", "nobody",
        "twice", "dropped", "overloaded", "rate-limited", "gateway", "mixed", "timeout",
    ],
)  # fmt: skip
def test_who_failed(lost: Exchange, answered: list[Exchange], blamed: bool) -> None:
    found = failed_alone(lost, answered, "HTTP 500: grammar: stack overflow")
    assert (found is not None) is blamed
    if found is not None:
        assert "while 2 other questions were answered: HTTP 500: grammar" in found.message
        assert (found.slug, found.severity) == ("server-error", "error")


def breaks_on_five(request: Request) -> Iterator[Attempt]:
    """Each attempt has its time when it is made, so that others come in between."""
    if request.body["n"] != 5:
        yield from map(at, honest(request))
    else:
        yield from breaks_on_all(request)


def breaks_on_all(request: Request) -> Iterator[Attempt]:
    for _ in range(4):
        yield at(failing())


async def ran(folder: Path, answer: object, policy: Policy, resume: bool = False) -> RunData:
    source = MadeSource(target(), answer)  # type: ignore[arg-type]
    opening = RunStarted(1.0, "0", (source.target,), {"cases": 12})
    with Record(folder, opening, resume=resume) as record:
        campaign = Campaign(
            [source], each([case(n) for n in range(12)]), record, policy=policy,
            answered=record.answered(),
        )  # fmt: skip
        await run_campaign(campaign)
        return record.run()


async def test_it_counts_as_a_failure_of_the_endpoint(tmp_path: Path) -> None:
    run = await ran(tmp_path / "run", breaks_on_five, Policy())
    [failed] = [v for v in run.verdicts if v.status != "pass"]
    assert (failed.case_id, failed.status) == (case(5).id, "fail")
    figures = summarize(run)["targets"][0]
    assert (figures["judged"], figures["passed"], figures["unjudged"]) == (12, 11, 0)
    assert list(figures["defects"]) == ["server-error"]
    again = await ran(tmp_path / "run", honest, Policy(), resume=True)
    assert len(again.verdicts) == 12, "what was judged is not asked again"


async def test_a_server_that_answers_nobody_is_nobodys_fault(tmp_path: Path) -> None:
    run = await ran(tmp_path / "run", breaks_on_all, Policy())
    assert {v.status for v in run.verdicts} == {"unjudged"}


async def test_who_ignores_it_has_an_unjudged_question(tmp_path: Path) -> None:
    run = await ran(tmp_path / "run", breaks_on_five, Policy(ignore=("server-error",)))
    assert [v.status for v in run.verdicts if v.status != "pass"] == ["unjudged"]
