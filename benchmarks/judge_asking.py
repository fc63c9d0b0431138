"""How the judge's benchmarks ask the simulator: real requests, real bytes, and the truth beside.

The simulator names the faults that struck in the response header ``x-toolfuzz-fault``. Over HTTP
it runs in a process of its own; in process the same application is called over ASGI. Either way
the bytes pass through the readers of ``toolfuzz.formats`` before they are judged.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import product

import httpx

from toolfuzz.core.case import Case
from toolfuzz.core.compact import encode_body
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.reply import Reply
from toolfuzz.core.talk import Talk, play
from toolfuzz.formats import CannotAskError, format_names, wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.generate.conversations import all_conversations
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.simulate.process import start
from toolfuzz.simulate.server import build_app

CELLS = tuple(product(format_names(), (False, True)))
CAP = 16_384
_HEADERS = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Said:
    """One judged reply, and the faults that really struck it."""

    case: Case
    turn: int
    struck: tuple[str, ...]
    judgement: Judgement

    @property
    def blamed(self) -> frozenset[str]:
        """Slugs of its errors and warnings."""
        return frozenset(f.slug for f in self.judgement.findings if f.severity != "info")

    @property
    def noted(self) -> frozenset[str]:
        """Slugs of its notes, which blame nobody."""
        return frozenset(f.slug for f in self.judgement.findings if f.severity == "info")


@asynccontextmanager
async def over_http() -> AsyncIterator[httpx.AsyncClient]:
    """Open a client to a simulator in a process of its own."""
    with start() as simulator:
        async with httpx.AsyncClient(base_url=simulator.base_url, timeout=60) as client:
            yield client


@asynccontextmanager
async def in_process() -> AsyncIterator[httpx.AsyncClient]:
    """Open a client to a simulator in this process, over ASGI."""
    transport = httpx.ASGITransport(build_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://simulator/v1") as client:
        yield client


def situations(n: int, *, seed: int) -> list[Case]:
    """Draw n cases; some force their one call's tool, forbid a second call, or forbid any."""
    return [_framed(k, case) for k, case in enumerate(draw_cases(n, seed=seed))]


def talks(n: int, *, seed: int) -> list[Case]:
    """Draw n cases of several turns."""
    return list(draw_cases(n, seed=seed, probes=list(all_conversations())))


def odd_names(n: int, *, seed: int) -> list[Case]:
    """Draw n cases with names of tools and parameters that strict providers refuse."""
    return list(draw_cases(n, seed=seed, features=["odd-keys", "odd-tool-name"]))


def _framed(k: int, case: Case) -> Case:
    turn = case.turns[0]
    if turn.expect.kind == "no_call" and k % 2:
        return replace(case, turns=(replace(turn, tool_choice="none"), *case.turns[1:]))
    if len(turn.expect.calls) != 1 or turn.tool_choice != "auto":
        return case
    match k % 4:
        case 1:
            forced = f"tool:{turn.expect.calls[0].tool}"
            return replace(case, turns=(replace(turn, tool_choice=forced), *case.turns[1:]))
        case 2:
            return replace(case, turns=(replace(turn, parallel=False), *case.turns[1:]))
    return case


def repeated(case: Case, turns: int) -> Case:
    """Ask the first turn again and again, each time after the results of the calls before."""
    if turns == 1:
        return case
    first = case.turns[0]
    answered = replace(first, results=tuple("done" for _ in first.expect.calls))
    return replace(case, turns=(*(answered for _ in range(turns - 1)), first))


async def converse(
    client: httpx.AsyncClient,
    case: Case,
    api: str,
    *,
    stream: bool,
    model: str,
    counterpart: bool = False,
) -> list[Said]:
    """Play a case as a run does: ask turn by turn and judge each reply, as long as it goes on.

    ``counterpart``: a stream is judged beside the plain reply to the same question.
    """
    said: list[Said] = []
    talk = play(case)
    while talk.turn is not None:
        number, other = talk.number, None
        try:
            if counterpart and stream:
                other, _ = await _ask(client, talk, api, False, model)
            reply, struck = await _ask(client, talk, api, stream, model)
        except CannotAskError:  # as in a run: skipped
            break
        judgement = judge(
            case,
            [*talk.replies, reply],
            counterpart=[*[None] * number, other],
            max_tokens=CAP,
        )
        said.append(Said(case, number, struck, judgement))
        talk.answer(judgement)
    return said


async def _ask(
    client: httpx.AsyncClient, talk: Talk, api: str, stream: bool, model: str
) -> tuple[Reply, tuple[str, ...]]:
    form = wire_format(api)
    ask = replace(talk.ask(model=model, stream=stream), max_tokens=CAP)
    request = form.request(ask)
    answer = await client.post(
        request.path.lstrip("/"), content=encode_body(request.body), headers=_HEADERS
    )
    attempt = Attempt(
        started=0.0,
        first_byte_ms=0.0,
        total_ms=0.0,
        status=answer.status_code,
        headers=dict(answer.headers),
        chunks=((0.0, answer.content),),
    )
    struck = answer.headers.get("x-toolfuzz-fault", "")
    return form.read(attempt, stream=stream), tuple(filter(None, struck.split(",")))
