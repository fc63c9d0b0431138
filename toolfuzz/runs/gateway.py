"""A gateway as a process of its own, between a free port and an upstream."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import EndpointError, UsageError
from toolfuzz.formats import wire_format
from toolfuzz.system.children import guarded
from toolfuzz.system.specs import (
    command_without_secrets,
    config_without_secrets,
    environment_secrets,
    masked,
    named_without_secrets,
    secrets_of_command,
    secrets_of_config,
    secrets_of_named,
)

__all__ = ["Gateway", "filled", "free_port", "prefix_of", "running"]

_LOOKED_AT, _SHOWN = 64 * 1024, 600
"""Bytes of its output that are looked at, and characters of it that are told of."""
_POLL = 0.2


@dataclass(frozen=True, slots=True)
class Gateway:
    """How a gateway is started.

    ``command``, ``env`` and ``config`` may hold ``{port}``, ``{upstream}`` (the upstream's base
    URL), ``{origin}`` (that without its path), ``{folder}`` (one that the gateway has for itself)
    and ``{config}`` (the file made of the template, ``config_name`` in that folder). ``wait`` is in
    seconds; ``noun`` is what messages call it.
    """

    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    config: str | None = None
    config_name: str = "config"
    wait: float = 60.0
    noun: str = "gateway"

    @property
    def secrets(self) -> set[str]:
        """What it knows that nobody may read: its own secrets, and those of our environment."""
        own = secrets_of_command(self.command) | secrets_of_named(self.env)
        return own | secrets_of_config(self.config or "") | environment_secrets()

    def told(self) -> JsonObject:
        """Return how it is started, as it may be kept."""
        return {
            "command": list(command_without_secrets(self.command)),
            "env": named_without_secrets(self.env),
            "config": config_without_secrets(self.config) if self.config else None,
            "config_name": self.config_name,
        }


def prefix_of(front: str, prefix: str | None) -> str:
    """Return what stands before a front door's paths: what the format's services have, or else."""
    return wire_format(front).serving.prefixes[0] if prefix is None else prefix


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that listens at ``origin``."""

    origin: str
    _process: "subprocess.Popen[bytes]"
    _log: Path
    _gateway: Gateway

    def ended(self) -> str:
        """Return how it ended and what it said last; "" while it runs."""
        if self._process.poll() is None:
            return ""
        ending = _ending(self._process, self._gateway.noun)
        return f"{ending}; it said: {_last_words(self._log, self._gateway)}"


@asynccontextmanager
async def running(
    gateway: Gateway, upstream: str, *, port: int | None = None
) -> AsyncIterator[Running]:
    """Start the gateway and wait until it listens on ``port``, or on one that is free.

    All that it started is ended with the context. Raises UsageError when the command can't be run,
    EndpointError with the gateway's own words when it ends or doesn't listen in time.
    """
    port = free_port() if port is None else port
    with tempfile.TemporaryDirectory(prefix="toolfuzz-gateway-") as folder:
        values = {"port": str(port), "upstream": upstream, "folder": folder}
        values["origin"] = upstream.removesuffix("/v1")
        if gateway.config is not None:
            path = Path(folder) / gateway.config_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(filled(gateway.config, values), encoding="utf-8")
            values["config"] = str(path)
        command = [filled(word, values) for word in gateway.command]
        env = {name: filled(value, values) for name, value in gateway.env.items()}
        if shutil.which(command[0], path=env.get("PATH")) is None:
            raise UsageError(
                f"the {gateway.noun} can't be started: {command[0]} is no program here",
                "give its whole path",
            )
        log = Path(folder) / "gateway.log"
        with log.open("wb") as output:
            process = _start(command, env, output)
            try:
                await _listens(process, port, gateway, log)
                yield Running(f"http://127.0.0.1:{port}", process, log, gateway)
            finally:
                await asyncio.to_thread(_end, process)


def _start(
    command: Sequence[str], env: Mapping[str, str], output: IO[bytes]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        guarded(command),
        stdout=output,
        stderr=subprocess.STDOUT,
        stdin=subprocess.PIPE,
        env={**os.environ, **env},
        start_new_session=True,
    )


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


async def _listens(
    process: "subprocess.Popen[bytes]", port: int, gateway: Gateway, log: Path
) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + gateway.wait
    while loop.time() < deadline:
        if process.poll() is not None:
            raise EndpointError(
                _ending(process, gateway.noun), f"it said: {_last_words(log, gateway)}"
            )
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(_POLL)
    hint = f"does it take {{port}}? it said: {_last_words(log, gateway)}"
    raise EndpointError(
        f"the {gateway.noun} doesn't listen on port {port} after {gateway.wait:g} s", hint
    )


def _ending(process: "subprocess.Popen[bytes]", noun: str) -> str:
    return f"the {noun} ended with exit code {process.returncode}"


def _last_words(log: Path, gateway: Gateway) -> str:
    # Masked first: what is cut in the middle would not be known again.
    said = masked(log.read_bytes()[-_LOOKED_AT:].decode(errors="replace"), gateway.secrets)[
        -_SHOWN:
    ]
    lines = (" ".join(line.split()) for line in said.splitlines())
    return " · ".join(filter(None, lines)) or "nothing"


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the whole group: gateways start workers of their own. Windows has no groups."""
    if os.name == "nt":
        process.kill()
        process.wait()
        return
    for name in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, name)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        process.stdin.close()
