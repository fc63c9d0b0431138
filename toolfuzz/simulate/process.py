"""The simulator in a process of its own, so that it can't slow down the client it is asked by."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from toolfuzz.core.errors import EndpointError
from toolfuzz.system.children import our_module, our_paths

__all__ = ["Simulator", "start"]


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator: where it is (``http://127.0.0.1:PORT/v1``) and its process id."""

    base_url: str
    pid: int


@contextmanager
def start(
    *,
    port: int = 0,
    profile: str = "clean",
    latency_ms: float = 0,
    seed: int = 0,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Simulator]:
    """Run a simulator while the context lasts; it answers when this yields.

    It also ends when this process dies. ``port`` 0 takes a free one; ``meanwhile`` is done while it
    starts, which takes half a second. Raises EndpointError with the child's own words when it
    can't start (unknown profile, port in use).
    """
    options = {"port": port, "profile": profile, "latency-ms": latency_ms, "seed": seed}
    command = [*our_module("toolfuzz.simulate", "--die-with-parent")]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=our_paths(),
            # Ctrl-C is for the client; its questions under way are still to be answered.
            start_new_session=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            meanwhile()
            base_url = process.stdout.readline().strip()
            if not base_url:
                process.wait(timeout=10)
                errors.seek(0)
                said = errors.read().strip() or "it said nothing"
                raise EndpointError("the simulator did not start", said)
            yield Simulator(base_url, process.pid)
        finally:
            process.kill()
