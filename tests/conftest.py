"""What all tests share."""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager

import pytest
from hypothesis import settings
from starlette.applications import Starlette

from toolfuzz.simulate.process import Simulator
from toolfuzz.simulate.server import build_app
from toolfuzz.simulate.service import serving

# How long an example takes says how busy the machine is. They are others each time.
settings.register_profile("tests", deadline=None, max_examples=50)
settings.load_profile("tests")

# Whoever starts the tests under nohup or in the background of a script has them ignore these, and
# all that they start: what a test sends would never arrive.
if os.name != "nt":
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)

# What was collected stays. To look through ten thousand tests and six thousand modules for garbage
# takes half a second, and it was done so often that it was a fifth of the tests' processor time.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _sim_answers_from_a_thread() -> Iterator[None]:
    """Hundreds of tests ask ``sim/…``: a process for each costs more than what they ask.

    Tests that are about the process, and every ``toolfuzz`` that is one itself, start it.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    served: list[Future[None]] = []

    async def serve(app: Starlette, port: int, told: Future[str], ended: asyncio.Event) -> None:
        async with serving(app, port) as origin:
            told.set_result(origin)
            await ended.wait()

    @contextmanager
    def start(
        *,
        port: int = 0,
        profile: str = "clean",
        latency_ms: float = 0,
        seed: int = 0,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Iterator[Simulator]:
        meanwhile()
        app = build_app(profile=profile, latency_ms=latency_ms, seed=seed)
        told, ended = Future[str](), asyncio.Event()
        served.append(asyncio.run_coroutine_threadsafe(serve(app, port, told, ended), loop))
        try:
            yield Simulator(f"{told.result(10)}/v1", os.getpid())
        finally:
            loop.call_soon_threadsafe(ended.set)

    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolfuzz.simulate.process.start", start)
        yield
    wait(served, 10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
