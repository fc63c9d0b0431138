"""The simulator as a target: one process of its own on loopback, asked like any endpoint."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from toolfuzz.sources.registry import Endpoint

__all__ = ["simulator"]


@contextmanager
def simulator(
    endpoint: Endpoint,
    *,
    latency_ms: float = 0.0,
    seed: int = 0,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Endpoint]:
    """Start the simulator; give the endpoint with the address at which it answers all profiles.

    It ends with the context; ``meanwhile`` is done while it starts. Raises EndpointError when it
    can't.
    """
    from toolfuzz.simulate.process import start

    with start(latency_ms=latency_ms, seed=seed, meanwhile=meanwhile) as process:
        yield replace(endpoint, base_url=process.base_url)
