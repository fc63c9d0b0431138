"""A server that fails at one question while it answers others fails that question."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_sources import PAID, MadeSource, attempt, case, each, honest, target

from toolfuzz.analyze.load import RunData
from toolfuzz.analyze.summary import summarize
from toolfuzz.core.events import RunStarted
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.formats import Request
from toolfuzz.judge.defects.server_error import failed_alone, failed_at
from toolfuzz.judge.policy import Policy
from toolfuzz.runs.campaign import GIVE_UP_AFTER, Campaign, run_campaign
from toolfuzz.runs.record import Record

CLOCK = iter(range(10**6))


def at(one: Attempt) -> Attempt:
    return replace(one, started=float(next(CLOCK)))


def failing(status: int | None = 500, error: str | None = None) -> Attempt:
    body = {"error": {"message": "grammar: stack overflow"}}
    return replace(attempt(status or 0, body), status=status, error=error)


def under_200(error: object) -> Attempt:
    return attempt(200, {"error": error})


def tried(case_id: str, *attempts: tuple[float, Attempt]) -> Exchange:
    timed = tuple(replace(one, started=when) for when, one in attempts)
    return Exchange(case_id, 0, "m", 0, False, {}, timed)


FOUR = (0.0, 1.0, 3.0, 7.0)
DROPPED = failing(None, "RemoteProtocolError: gone")
SILENT = replace(failing(None, "Timeout: not a byte within 9 s"), first_byte_ms=None)
SLOW = replace(failing(200, "Timeout: not a byte within 9 s"), first_byte_ms=5.0)
UNREACHED = failing(None, "ConnectError: refused")


def tries(one: Attempt, *, start: float = 0) -> Exchange:
    return tried("lost", *((start + t, one) for t in FOUR))


def twice(one: Attempt) -> list[Exchange]:
    """Asked at 0 and asked again at 100."""
    return [tries(one), tries(one, start=100)]


OK = attempt(200, {})


def others(*starts: float, retried: int = 0) -> list[Exchange]:
    """Answered questions; the first ``retried`` of them at the second attempt."""
    return [
        tried(f"other-{n}", *[(start - 0.5, failing())] * (n < retried), (start, OK))
        for n, start in enumerate(starts)
    ]


@pytest.mark.parametrize(
    ("lost", "answered", "blamed"),
    [
        (twice(failing()), others(50, 120), True),
        (twice(failing())[:1], others(2, 5, 50, 120), False),
        (twice(failing()), others(50), False),
        (twice(failing()), others(120, 130), False),
        (twice(failing()), others(-1, 120), False),
        (twice(failing()), [], False),
        (twice(failing()), others(10, 20, 50, 120, retried=3), False),
        (twice(failing()), others(10, 20, 50, 120, retried=1), True),
    ],
    ids=[
        "alone", "once", "nobody-after", "nobody-between", "only-before-and-after", "nobody",
        "others-with-trouble", "one-other-with-trouble",
    ],
)  # fmt: skip
def test_who_failed(lost: list[Exchange], answered: list[Exchange], blamed: bool) -> None:
    found = failed_alone(lost, answered, "HTTP 500: grammar: stack overflow")
    assert (found is not None) is blamed
    if found is not None:
        words = f"while {len(answered)} other questions were answered: HTTP 500: grammar"
        assert f"failed at all 8 attempts, {words}" in found.message
        assert (found.slug, found.severity) == ("server-error", "error")


@pytest.mark.parametrize(("usual", "blamed"), [(100.0, True), (2000.0, False)])
def test_a_slow_server_is_not_silent(usual: float, blamed: bool) -> None:
    """A long reply runs into its timeout where others take a tenth of that as well."""

    def took(exchange: Exchange, ms: float) -> Exchange:
        return replace(exchange, attempts=tuple(replace(a, total_ms=ms) for a in exchange.attempts))

    lost = [took(one, 9000.0) for one in twice(SILENT)]
    answered = [took(one, usual) for one in others(50, 120)]
    assert (failed_alone(lost, answered, "Timeout") is not None) is blamed


@pytest.mark.parametrize(
    ("exchange", "servers"),
    [
        (tries(failing()), True),
        (tries(failing(503)), True),
        (tries(DROPPED), True),
        (tries(SILENT), True),
        (tries(failing(200, "ReadError: gone")), True),
        (tried("lost", (0, DROPPED), (1, UNREACHED)), True),
        (tries(UNREACHED), False),
        (tries(SLOW), False),
        (tries(failing(429)), False),
        (tried("lost", (0, failing()), (1, failing(429))), False),
        (tries(failing(402)), False),
        (tries(failing(400)), False),
        (tries(OK), False),
        (tries(failing(200)), True),
        (tries(under_200({"message": "gone", "code": 502})), True),
        (tries(under_200({"message": "slow down", "code": 429})), False),
        (tries(under_200({"message": "no such field", "code": 400})), False),
        (tries(under_200(None)), False),
        (tries(attempt(200, {"error": {"message": "x"}, "choices": []})), False),
    ],
    ids=[
        "500", "503", "dropped", "silent", "dropped-midway", "killed", "unreached", "slow", "429",
        "limited-in-the-end", "402", "400", "answered", "error-under-200", "502-under-200",
        "429-under-200", "400-under-200", "no-error", "error-beside-a-reply",
    ],
)  # fmt: skip
def test_whose_fault(exchange: Exchange, servers: bool) -> None:
    assert failed_at(exchange) is servers


def test_a_quota_is_no_fault() -> None:
    assert failed_alone(twice(failing()), others(50, 120), "HTTP 500: quota used up") is None


def breaks_on_five(request: Request) -> Iterator[Attempt]:
    """Each attempt has its time when it is made, so that others come in between."""
    if request.body["n"] != 5:
        yield from map(at, honest(request))
    else:
        yield from breaks_on_all(request)


def breaks_on_all(request: Request) -> Iterator[Attempt]:
    for _ in range(4):
        yield at(failing())


def errors_on_five(request: Request) -> Iterator[Attempt]:
    """An error object under a status that promises a reply, which no client asks for again."""
    if request.body["n"] != 5:
        yield from map(at, honest(request))
    else:
        yield at(failing(200))


def breaks_on_most(request: Request) -> Iterator[Attempt]:
    if request.body["n"] % 20 == 0:
        yield from map(at, honest(request))
    else:
        yield from breaks_on_all(request)


def dies_after_three(request: Request) -> Iterator[Attempt]:
    if request.body["n"] < 3 and len(PAID) < 3:
        yield from map(at, honest(request))
    else:
        yield from breaks_on_all(request)


async def ran(
    folder: Path, answer: object, policy: Policy, resume: bool = False, cases: int = 12
) -> RunData:
    source = MadeSource(target(), answer)  # type: ignore[arg-type]
    opening = RunStarted(1.0, "0", (source.target,), {"cases": cases})
    with Record(folder, opening, resume=resume) as record:
        campaign = Campaign(
            [source], each([case(n) for n in range(cases)]), record, policy=policy,
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


async def test_an_error_under_200_counts_too(tmp_path: Path) -> None:
    run = await ran(tmp_path / "run", errors_on_five, Policy())
    [failed] = [v for v in run.verdicts if v.status != "pass"]
    assert [f.slug for f in failed.findings] == ["server-error"]


async def test_a_server_that_fails_at_most_questions_fails_them(tmp_path: Path) -> None:
    cases = 3 * GIVE_UP_AFTER
    run = await ran(tmp_path / "run", breaks_on_most, Policy(), cases=cases)
    figures = summarize(run)["targets"][0]
    assert figures["given_up"] is None
    assert (figures["judged"], figures["passed"], figures["unjudged"]) == (cases, 4, 0)
    assert list(figures["defects"]) == ["server-error"]


async def test_a_server_that_died_is_given_up(tmp_path: Path) -> None:
    PAID.clear()
    run = await ran(tmp_path / "run", dies_after_three, Policy(), cases=2 * GIVE_UP_AFTER)
    figures = summarize(run)["targets"][0]
    assert figures["given_up"] is not None
    assert (figures["judged"], figures["passed"]) == (3, 3)


async def test_a_server_that_answers_nobody_is_nobodys_fault(tmp_path: Path) -> None:
    run = await ran(tmp_path / "run", breaks_on_all, Policy())
    assert {v.status for v in run.verdicts} == {"unjudged"}


async def test_who_ignores_it_has_an_unjudged_question(tmp_path: Path) -> None:
    run = await ran(tmp_path / "run", breaks_on_five, Policy(ignore=("server-error",)))
    assert [v.status for v in run.verdicts if v.status != "pass"] == ["unjudged"]
