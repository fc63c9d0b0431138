"""From what a person types after ``-m`` to something that can be asked."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from toolfuzz.core.errors import UsageError
from toolfuzz.core.events import ExchangeRecorded
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.nature import nature_of
from toolfuzz.formats import USUAL
from toolfuzz.runs.access import Access
from toolfuzz.runs.purse import Purse, permits_within
from toolfuzz.sources.engine import EngineSource
from toolfuzz.sources.http import HttpSource
from toolfuzz.sources.reachability import HELLO, reachable
from toolfuzz.sources.registry import Endpoint, filled, key_for, resolve
from toolfuzz.sources.simulated import simulator
from toolfuzz.system.extras import require

__all__ = ["Source", "open_sources", "plan_targets", "reach"]

Source = HttpSource | EngineSource
_MOST_AT_ONCE = 32
"""Up to here the number of questions under way grows by itself."""
# By the clock, for what waits; what works is held to its processor time.
_ENGINE_SECONDS = 60.0


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
        from toolfuzz.engines.cuts import cuts_named
        from toolfuzz.engines.trial import parse_spec

        family = parse_spec(model).family
        cuts = cuts_named(access.cuts, family.tokenizer)
        # What asks a run's failures again says by itself when it streams.
        streams = access.stream != "plain" or access.cuts
        params = {"cuts": list(cuts)} if streams else {}
        target = Target(model, "engine", model, USUAL, access.stream, params, "engine")
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
async def open_sources(
    models: Sequence[str],
    access: Access,
    *,
    seed: int = 0,
    purse: Purse | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> AsyncIterator[tuple[Source, ...]]:
    """Resolve the models, read keys, start what has to be started, and see that all answer.

    Raises UsageError (unknown model, missing or refused key, wrong path) or EndpointError
    (host unreachable) before anything is spent beyond one tiny question per endpoint, which
    ``purse`` counts. ``meanwhile`` is done while the simulator starts.
    """
    planned = _plan(models, access)
    if any(p.endpoint and not nature_of(p.target).remote for p in planned):
        require("server", "the simulated endpoint")
    keys = [
        key_for(p.endpoint) if p.endpoint and nature_of(p.target).remote else None for p in planned
    ]
    sources: list[Source] = []
    with ExitStack() as stack:
        started: Endpoint | None = None
        for p, key in zip(planned, keys, strict=True):
            endpoint = p.endpoint
            if endpoint is None:
                sources.append(await _engine(p.target, access, seed))
                continue
            if not nature_of(p.target).remote:
                if started is None:
                    latency_ms = access.latency_ms
                    started = stack.enter_context(
                        simulator(endpoint, latency_ms=latency_ms, seed=seed, meanwhile=meanwhile)
                    )
                endpoint = started
            source = HttpSource(
                p.target,
                filled(endpoint),
                key,
                access.headers,
                access.timeout,
                access.at_once,
                secret_headers=tuple(access.secret_headers),
                rpm=access.rpm,
                tpm=access.tpm,
                max_reply=access.max_reply,
            )
            if nature_of(p.target).remote:
                if access.concurrency == "auto":
                    source = replace(source, concurrency=_MOST_AT_ONCE, adapts=True)
                await reach(source, purse)
            sources.append(source)
        yield tuple(sources)


async def reach(source: HttpSource, purse: Purse | None) -> None:
    """See that a target answers, with one tiny question, which ``purse`` counts.

    Raises what ``reachable`` does, and UsageError where nothing may be spent.
    """
    if purse is None:
        await reachable(source)
        return
    target, attempts = source.target, list[Attempt]()
    if not await purse.reserve(target, HELLO):
        raise UsageError(f"nothing can be asked within {purse.spent_out}", "allow more")
    try:
        await reachable(source, permits_within(purse).of(source), attempts.append)
    finally:
        exchange = Exchange(HELLO.id, 0, target.name, 0, False, {}, tuple(attempts))
        purse.settle(target, HELLO, [ExchangeRecorded(exchange)])


async def _engine(target: Target, access: Access, seed: int) -> Source:
    timeout = min(access.timeout, _ENGINE_SECONDS)
    source = EngineSource(target, access.engine_python, seed, timeout, at_once=access.at_once)
    return await source.prepared()
