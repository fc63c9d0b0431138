"""A gateway on trial: cases go in at its front doors, and both of its sides are compared."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import EndpointError, ToolfuzzError, UsageError
from toolfuzz.core.events import (
    CaseDrawn,
    CaseSkipped,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    UpstreamAnswered,
    VerdictReached,
)
from toolfuzz.core.exchange import Exchange, StreamMode, Target
from toolfuzz.core.talk import play
from toolfuzz.core.verdict import Verdict
from toolfuzz.formats import CannotAskError, wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.judge.relay.difference import Difference
from toolfuzz.pools.question import metrics_of, modes
from toolfuzz.runs.gateway import Gateway, filled, running
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.record import Record
from toolfuzz.runs.sides import compared, tagged, verdict_of
from toolfuzz.runs.summary import default_folder, write_summary
from toolfuzz.simulate.scripted import Script, build_upstream, is_unable
from toolfuzz.simulate.service import listen
from toolfuzz.sources.http import HttpSession, HttpSource
from toolfuzz.sources.reachability import reachable
from toolfuzz.sources.registry import resolve

__all__ = ["Trial", "try_gateway"]

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Trial:
    """What to try. ``fronts`` are wire formats of front doors, ``models`` names that the gateway
    knows. ``gateway`` is started, or ``url`` names one that runs and asks ``upstream_port``.

    ``prefix`` is what stands before the formats' paths, ``params`` are further fields of requests.
    ``tell`` sees every event.
    """

    subject: str
    fronts: Sequence[str]
    models: Sequence[str] = ("scripted",)
    gateway: Gateway | None = None
    url: str | None = None
    upstream_port: int = 0
    prefix: str = "/v1"
    stream: StreamMode = "both"
    cases: int = 100
    seed: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Sequence[str] = ()
    params: JsonObject = field(default_factory=dict)
    timeout: float = 60.0
    out: Path | None = None
    tell: Callable[[Event], None] = lambda event: None
    note: Callable[[str], None] = lambda message: None


async def try_gateway(trial: Trial) -> JsonObject:
    """Try a gateway and return the run's summary; raises UsageError and EndpointError."""
    script = Script()
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(_serving(script, trial.upstream_port))
        origin = trial.url
        if trial.gateway is not None:
            origin = await stack.enter_async_context(running(trial.gateway, f"{upstream}/v1"))
        assert origin is not None, "a trial needs a gateway or its URL"
        values = {"upstream": f"{upstream}/v1", "origin": upstream}
        headers = {name: filled(value, values) for name, value in trial.headers.items()}
        sources = await _open_doors(replace(trial, headers=headers), origin.rstrip("/"))
        folder = trial.out or default_folder(["trial", trial.subject])
        with Record(folder, _opening(trial, origin, sources)) as record:

            def write(events: Sequence[Event]) -> None:
                for event in record.append(events):
                    trial.tell(event)

            # One door after the other: a gateway that is overrun makes other mistakes.
            for source in sources:
                await _ask_all(source, trial, script, write)
            write([RunFinished(time.time())])
            return write_summary(folder, record.run())


def _opening(trial: Trial, origin: str, sources: Sequence[HttpSource]) -> RunStarted:
    options = RunOptions(
        cases=trial.cases, seed=trial.seed, stream=trial.stream, base_url=origin + trial.prefix
    )
    gateway = trial.gateway
    told = {
        "subject": trial.subject,
        "command": list(gateway.command) if gateway else [],
        "env": sorted(gateway.env) if gateway else [],
        "config": gateway.config if gateway else None,
        "url": trial.url,
    }
    targets = tuple(source.target for source in sources)
    return RunStarted(time.time(), __version__, targets, {**options.settings(), "trial": told})


@asynccontextmanager
async def _serving(script: Script, port: int) -> AsyncIterator[str]:
    """Serve the scripted upstream in this process; give its origin."""
    import uvicorn

    listener = listen(port)
    config = uvicorn.Config(
        build_upstream(script), log_level="critical", access_log=False, lifespan="off",
        server_header=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server._serve([listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def _open_doors(trial: Trial, origin: str) -> list[HttpSource]:
    """Return a source for each front door and model that answers a plain question."""
    found: list[HttpSource] = []
    for front in trial.fronts:
        for model in trial.models:
            name = f"{front} · {model}" if len(trial.models) > 1 else front
            base_url = origin + trial.prefix
            endpoint, _ = resolve(model, base_url=base_url, format=front)
            target = Target(name, endpoint.name, model, front, trial.stream, trial.params)
            source = HttpSource(
                target, endpoint, "sk-toolfuzz-trial", trial.headers, trial.timeout, _AT_ONCE, 1,
                tuple(trial.secret_headers),
            )  # fmt: skip
            try:
                await reachable(source)
            except ToolfuzzError as error:
                trial.note(f"{name}: no front door: {error.message}")
            else:
                found.append(source)
    if not found:
        raise EndpointError(
            "no front door of the gateway answers a plain question",
            "check --front, --model, --prefix and the gateway's configuration",
        )
    return found


async def _ask_all(
    source: HttpSource, trial: Trial, script: Script, write: Callable[[Sequence[Event]], None]
) -> None:
    left = iter(draw_cases(trial.cases, seed=trial.seed))

    async def worker() -> None:
        async with source.open() as session:
            for case in left:
                for stream in modes(source.target):
                    write(await _ask(session, source, script, case, stream=stream))

    await asyncio.gather(*(worker() for _ in range(_AT_ONCE)))


async def _ask(
    session: HttpSession, source: HttpSource, script: Script, case: Case, *, stream: bool
) -> list[Event]:
    """Put a case through the gateway, turn by turn, and compare what was seen on both sides."""
    name = f"{case.id}-{source.target.format}-{'s' if stream else 'p'}-{source.target.model}"
    name = "".join(c if c.isalnum() or c == "-" else "-" for c in name)
    asked_case = tagged(case, name)
    talk, events = play(asked_case), [CaseDrawn(asked_case)]
    told: list[Event] = []
    exchanges: list[Exchange] = []
    judgements: list[Judgement] = []
    differences: list[Difference] = []
    while talk.turn is not None:
        try:
            request = source.request(talk, stream=stream)
        except CannotAskError as limit:
            return [CaseSkipped(asked_case.id, "", str(limit), source.target.name)]
        script.expect(name, asked_case, talk.number)
        attempt = await session.ask_once(request)
        exchange = Exchange(
            asked_case.id, talk.number, source.target.name, 0, stream, request.body, (attempt,)
        )
        exchanges.append(exchange)
        told.append(ExchangeRecorded(exchange))
        reply = source.format.read(attempt, stream=stream)
        judgement = judge(asked_case, [*talk.replies, reply])
        judgements.append(judgement)
        for asked in script.asked[name]:
            other = replace(exchange, request=asked.body, attempts=(asked.attempt,),
                            stream=asked.ask.stream)  # fmt: skip
            told.append(UpstreamAnswered(asked.format, other))
        found = compared(talk, judgement, script.asked[name], source.target.model, stream=stream)
        differences += [replace(one, turn=talk.number) for one in found]
        talk.answer(judgement)
    unable = any(is_unable(asked.attempt) for asked in script.asked[name])
    script.forget(name)
    status, findings, reason = verdict_of(judgements, differences)
    if unable:
        status, findings, reason = (
            "unjudged",
            (),
            "the trial's own upstream can't do what was asked",
        )
    verdict = Verdict(
        case_id=asked_case.id,
        target=source.target.name,
        repeat=0,
        stream=stream,
        status=status,
        findings=findings,
        reason=reason,
        cluster=case.cluster,
        metrics=metrics_of(exchanges, judgements),
    )
    return [*events, *told, VerdictReached(verdict)]


def check(trial: Trial) -> None:
    """Refuse what makes no sense; raises UsageError."""
    for front in trial.fronts:
        wire_format(front)
    if (trial.gateway is None) == (trial.url is None):
        raise UsageError(
            "a trial needs a gateway's command after -- or the --url of one that runs",
            "toolfuzz trial --help shows both",
        )
