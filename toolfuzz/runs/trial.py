"""A gateway on trial: cases go in at its front doors, and both of its sides are compared."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolfuzz import __version__
from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import (
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    TargetGivenUp,
)
from toolfuzz.core.exchange import StreamMode, Target
from toolfuzz.core.sizes import MAX_REPLY
from toolfuzz.core.text import shell_command
from toolfuzz.formats import wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.runs.doors import AT_ONCE, Door, open_doors
from toolfuzz.runs.gateway import Gateway, filled, prefix_of, running
from toolfuzz.runs.limits import Limits
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.purse import Purse, purse_of
from toolfuzz.runs.record import Record
from toolfuzz.runs.summary import default_folder, write_summary
from toolfuzz.simulate.scripted import Script, build_upstream
from toolfuzz.simulate.service import serving
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.registry import resolve
from toolfuzz.system.specs import named_without_secrets

__all__ = ["OnTrial", "Trial", "ask_cases", "check", "on_trial", "spent_out"]

_MOST_SILENT = 8
"""Questions in a row without any answer after which a door is given up."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What to try. ``fronts`` are wire formats of front doors, ``models`` names that the gateway
    knows. ``gateway`` is started, or ``url`` names one that runs and asks ``upstream_port``.

    ``given`` are cases to ask in the place of drawn ones. ``prefix`` is what stands before the
    formats' paths (None: as with each format's own services), ``params`` are further fields of
    requests. ``accepted`` are known causes with their issues. ``tell`` sees every event.
    """

    subject: str
    fronts: Sequence[str]
    models: Sequence[str] = ("scripted",)
    gateway: Gateway | None = None
    url: str | None = None
    upstream_port: int = 0
    prefix: str | None = None
    stream: StreamMode = "both"
    cases: int = 100
    seed: int = 0
    given: Sequence[Case] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Sequence[str] = ()
    params: JsonObject = field(default_factory=dict)
    timeout: float = 60.0
    max_reply: int = MAX_REPLY
    accepted: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    out: Path | None = None
    tell: Callable[[Event], None] = lambda event: None
    note: Callable[[str], None] = lambda message: None


@dataclass(frozen=True, slots=True)
class OnTrial:
    """A gateway that stands open to be asked: its front doors, and whether it still lives."""

    trial: Trial
    origin: str
    doors: Sequence[Door]
    purse: Purse | None
    ended: Callable[[], str]
    """Return how its process ended and what it said last; "" while it runs."""


@asynccontextmanager
async def on_trial(trial: Trial) -> AsyncIterator[OnTrial]:
    """Start the upstream and the gateway and open its doors; raises UsageError, EndpointError."""
    script = Script()
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(
            serving(build_upstream(script), trial.upstream_port)
        )
        origin, ended = trial.url, _never
        if trial.gateway is not None:
            process = await stack.enter_async_context(running(trial.gateway, f"{upstream}/v1"))
            origin, ended = process.origin, process.ended
        assert origin is not None, "a trial needs a gateway or its URL"
        values = {"upstream": f"{upstream}/v1", "origin": upstream}
        headers = {name: filled(value, values) for name, value in trial.headers.items()}
        sources = _sources(replace(trial, headers=headers), origin.rstrip("/"))
        targets = [source.target for source in sources]
        purse = purse_of(trial.limits, targets, asyncio.Event())
        doors = await stack.enter_async_context(open_doors(sources, script, trial.note, purse))
        yield OnTrial(trial, origin, doors, purse, ended)


def _never() -> str:
    return ""


async def ask_cases(gateway: OnTrial) -> JsonObject:
    """Ask all cases at all doors, keep what both sides saw, and return the run's summary."""
    trial = gateway.trial
    folder = trial.out or default_folder(["trial", trial.subject])
    opening = _opening(gateway)
    with Record(folder, opening) as record:
        trial.tell(opening)

        def write(events: Sequence[Event]) -> None:
            for event in record.append(events):
                trial.tell(event)

        reason = "interrupted"
        try:
            # One door after the other: a gateway that is overrun makes other mistakes.
            for door in gateway.doors:
                await _ask_all(door, gateway, write)
            if died := gateway.ended():
                trial.note(f"in the middle {died}")
            reason = "endpoint" if died else "budget" if spent_out(gateway) else "done"
        finally:
            write([RunFinished(time.time(), reason)])
            summary = write_summary(folder, record.run())
            if reason == "interrupted":
                trial.note(f"what was asked is kept: {shell_command('toolfuzz', 'report', folder)}")
    return summary


def _opening(gateway: OnTrial) -> RunStarted:
    trial, origin = gateway.trial, gateway.origin
    options = RunOptions(
        cases=len(trial.given) or trial.cases,
        seed=trial.seed,
        stream=trial.stream,
        max_reply=trial.max_reply,
        base_url=origin + (trial.prefix or ""),
    )
    targets = tuple(door.source.target for door in gateway.doors)
    return RunStarted(
        time.time(), __version__, targets, {**options.settings(), "trial": _told(trial)}
    )


def _told(trial: Trial) -> JsonObject:
    """Return what somebody else needs to try the same gateway."""
    return {
        "subject": trial.subject,
        "accepted": dict(trial.accepted),
        "url": trial.url,
        "upstream_port": trial.upstream_port,
        "prefix": trial.prefix,
        "headers": named_without_secrets(trial.headers, trial.secret_headers),
        **(trial.gateway or Gateway(())).told(),
    }


def _sources(trial: Trial, origin: str) -> list[HttpSource]:
    """Return a source for each front door and model."""
    found: list[HttpSource] = []
    secrets = frozenset(trial.gateway.secrets if trial.gateway else ())
    for front in trial.fronts:
        for model in trial.models:
            name = f"{front} · {model}" if len(trial.models) > 1 else front
            base_url = origin + prefix_of(front, trial.prefix)
            endpoint, _ = resolve(model, base_url=base_url, format=front)
            target = Target(name, endpoint.name, model, front, trial.stream, trial.params)
            found.append(
                HttpSource(target, endpoint, "sk-toolfuzz-trial", trial.headers, trial.timeout,
                           AT_ONCE, 1, tuple(trial.secret_headers), max_reply=trial.max_reply,
                           secrets=secrets)
            )  # fmt: skip
    return found


async def _ask_all(door: Door, gateway: OnTrial, write: Callable[[Sequence[Event]], None]) -> None:
    trial = gateway.trial
    given = {case.id: case for case in trial.given}  # the same may be given twice
    left = iter(given.values() or draw_cases(trial.cases, seed=trial.seed))
    silent = 0

    async def worker() -> None:
        nonlocal silent
        for case in left:
            for stream in door.modes:
                if silent >= _MOST_SILENT or gateway.ended():
                    return
                if (events := await door.ask(case, stream=stream)) is None:
                    return
                silent = silent + 1 if _unanswered(events) else 0
                write(events)

    await asyncio.gather(*(worker() for _ in range(door.at_once)))
    if silent >= _MOST_SILENT:
        write([TargetGivenUp(door.name, "no answer", silent)])


def spent_out(gateway: OnTrial) -> str:
    """Which limit ended the asking, "" while none did."""
    return gateway.purse.spent_out if gateway.purse else ""


def _unanswered(events: Sequence[Event]) -> bool:
    last = next(
        (e.exchange.last for e in reversed(events) if isinstance(e, ExchangeRecorded)), None
    )
    return last is not None and last.status is None


def check(trial: Trial) -> None:
    """Refuse what makes no sense; raises UsageError."""
    for front in trial.fronts:
        wire_format(front)
    if (trial.gateway is None) == (trial.url is None):
        raise UsageError(
            "a trial needs a gateway's command after -- or the --url of one that runs",
            "toolfuzz trial --help shows both",
        )
