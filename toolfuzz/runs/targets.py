"""From what a person types after ``-m`` to something that can be asked."""

import dataclasses
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from toolfuzz.analyze.load import RunData
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import StreamMode, Target
from toolfuzz.core.nature import nature_of
from toolfuzz.formats import USUAL, WireFormat, wire_format
from toolfuzz.runs.asker import Asker, HttpAsker, Participant
from toolfuzz.sources.pacing import Pacer
from toolfuzz.sources.registry import Endpoint, key_for, resolve
from toolfuzz.sources.transport import Client, reachable

__all__ = [
    "Access",
    "HttpParticipant",
    "access_of_run",
    "current_names",
    "open_participants",
    "plan_targets",
]


_OLD_NAMES = {"api": "format", "twins": "respell"}


@dataclass(frozen=True, slots=True)
class Access:
    """How targets are reached: the options that all models of a command share."""

    base_url: str | None = None
    format: str | None = None
    key_env: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    params: JsonObject = field(default_factory=dict)
    stream: StreamMode = "plain"
    concurrency: int = 8
    timeout: float = 120.0
    engine_python: str | None = None
    latency_ms: float = 0.0


def current_names(options: JsonObject) -> JsonObject:
    """Return the options under the names of today; two had other names once."""
    return {_OLD_NAMES.get(name, name): value for name, value in options.items()}


def access_of_run(run: RunData) -> Access:
    """Return how a run reached its targets, so that they can be asked again."""
    settings = current_names(run.started.settings)
    names = ("base_url", "format", "key_env", "params")
    return Access(**{name: settings[name] for name in names if settings.get(name)})


@dataclass(frozen=True, slots=True)
class HttpParticipant:
    """A target that is asked over HTTP. Every worker opens a client of its own."""

    target: Target
    format: WireFormat
    endpoint: Endpoint
    key: str | None
    access: Access
    pacer: Pacer

    @property
    def concurrency(self) -> int:
        """How many questions may be under way."""
        return self.access.concurrency

    def client(self) -> Client:
        """Return a client for this target's endpoint; the caller closes it."""
        return Client(
            self.endpoint,
            self.format,
            key=self.key,
            headers=self.access.headers,
            timeout=self.access.timeout,
            pacer=self.pacer,
        )

    def open(self) -> AbstractAsyncContextManager[Asker]:
        """Open a conversation with its own connection."""
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Asker]:
        async with self.client() as client:
            yield HttpAsker(client, self.format, self.target)


@dataclass(frozen=True, slots=True)
class _Planned:
    target: Target
    endpoint: Endpoint | None


def plan_targets(models: Sequence[str], access: Access) -> tuple[Target, ...]:
    """Resolve the names without touching keys or the network; raises UsageError."""
    return tuple(p.target for p in _plan(models, access))


def _plan(models: Sequence[str], access: Access) -> list[_Planned]:
    if not models:
        raise UsageError("no model named", "add -m MODEL, for example: toolfuzz run -m sim/glm-4.7")
    if repeated := {m for m in models if list(models).count(m) > 1}:
        raise UsageError(f"model named twice: {', '.join(sorted(repeated))}", "name each one once")
    return [_plan_one(model, access) for model in models]


def _plan_one(model: str, access: Access) -> _Planned:
    if model.startswith("engine/"):
        from toolfuzz.engines.trial import parse_spec

        parse_spec(model)
        target = Target(model, "engine", model, USUAL, access.stream, {}, "engine")
        return _Planned(target, None)
    endpoint, model_id = resolve(
        model, base_url=access.base_url, format=access.format, key_env=access.key_env
    )
    simulated = endpoint.name == "sim" and access.base_url is None
    if simulated:
        from toolfuzz.simulate.profiles import check_profile

        check_profile(model_id)
    target = Target(
        name=model,
        endpoint=endpoint.name,
        model=model_id,
        format=access.format or endpoint.format,
        stream=access.stream,
        params=access.params,
        kind="simulated" if simulated else "http",
    )
    return _Planned(target, endpoint)


@asynccontextmanager
async def open_participants(
    models: Sequence[str], access: Access, *, seed: int = 0
) -> AsyncIterator[tuple[Participant, ...]]:
    """Resolve the models, read keys, start what has to be started, and see that all answer.

    Raises UsageError (unknown model, missing or refused key, wrong path) or EndpointError
    (host unreachable) before anything is spent beyond one tiny question per endpoint.
    """
    planned = _plan(models, access)
    keys = [
        key_for(p.endpoint) if p.endpoint and nature_of(p.target).remote else None for p in planned
    ]
    async with AsyncExitStack() as stack:
        simulator: str | None = None
        if any(_embedded(p) for p in planned):
            from toolfuzz.simulate.process import start

            process = stack.enter_context(start(latency_ms=access.latency_ms, seed=seed))
            simulator = process.base_url
        participants: list[Participant] = []
        for p, key in zip(planned, keys, strict=True):
            if p.endpoint is None:
                participants.append(await _engine(p.target, access, seed))
                continue
            endpoint = p.endpoint
            if simulator and _embedded(p):
                endpoint = dataclasses.replace(endpoint, base_url=simulator)
            participant = HttpParticipant(
                p.target,
                wire_format(p.target.format),
                endpoint,
                key,
                access,
                Pacer(access.concurrency),
            )
            if nature_of(p.target).remote:
                async with participant.client() as client:
                    await reachable(client, p.target)
            participants.append(participant)
        yield tuple(participants)


def _embedded(planned: _Planned) -> bool:
    """Whether it is asked over HTTP at a server that is started for it."""
    nature = nature_of(planned.target)
    return nature.over_http and not nature.remote


async def _engine(target: Target, access: Access, seed: int) -> Participant:
    from toolfuzz.engines.participant import EngineParticipant

    return await EngineParticipant.prepare(
        target, python=access.engine_python, seed=seed, timeout=min(access.timeout, 10.0)
    )
