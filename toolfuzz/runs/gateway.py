"""A gateway as a process of its own, between a free port and an upstream."""

import asyncio
import contextlib
import os
import shlex
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from toolfuzz.core.errors import EndpointError, UsageError

__all__ = ["Gateway", "filled", "free_port", "running"]

_TOLD = 4000
_SHOWN = 600
_POLL = 0.2


@dataclass(frozen=True, slots=True)
class Gateway:
    """How a gateway is started.

    ``command``, ``env`` and ``config`` may hold ``{port}``, ``{upstream}`` (the upstream's base
    URL), ``{origin}`` (that without its path) and ``{config}`` (the file made of the template,
    which is called ``config_name``). ``wait`` is in seconds.
    """

    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    config: str | None = None
    config_name: str = "config"
    wait: float = 60.0


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def running(gateway: Gateway, upstream: str) -> AsyncIterator[str]:
    """Start the gateway and wait until it listens; give its origin.

    All that it started is ended with the context. Raises UsageError when the command can't be run,
    EndpointError with the gateway's own words when it ends or doesn't listen in time.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="toolfuzz-gateway-") as folder:
        values = {"port": str(port), "upstream": upstream}
        values["origin"] = upstream.removesuffix("/v1")
        if gateway.config is not None:
            path = Path(folder) / gateway.config_name
            path.write_text(filled(gateway.config, values), encoding="utf-8")
            values["config"] = str(path)
        command = [filled(word, values) for word in gateway.command]
        env = {name: filled(value, values) for name, value in gateway.env.items()}
        log = Path(folder) / "gateway.log"
        with log.open("wb") as output:
            try:
                process = _start(command, env, output)
            except OSError as error:
                raise UsageError(
                    f"the gateway can't be started: {error.strerror}", shlex.join(command)
                ) from None
            try:
                await _listens(process, port, gateway.wait, log)
                yield f"http://127.0.0.1:{port}"
            finally:
                await asyncio.to_thread(_end, process)


def _start(
    command: Sequence[str], env: Mapping[str, str], output: IO[bytes]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        stdout=output,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **env},
        start_new_session=True,
    )


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


async def _listens(process: "subprocess.Popen[bytes]", port: int, wait: float, log: Path) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    while loop.time() < deadline:
        if process.poll() is not None:
            told = f"the gateway ended with exit code {process.returncode}"
            raise EndpointError(told, _last_words(log))
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(_POLL)
    hint = f"does it take {{port}}? it said: {_last_words(log)}"
    raise EndpointError(f"the gateway doesn't listen on port {port} after {wait:g} s", hint)


def _last_words(log: Path) -> str:
    lines = log.read_bytes()[-_TOLD:].decode(errors="replace").split("\n")
    said = " · ".join(" ".join(line.split()) for line in lines[1:] if line.strip())
    return said[-_SHOWN:] or "it said nothing"


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the whole group: gateways start workers of their own."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, name)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
