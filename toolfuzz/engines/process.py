"""The parent's side of the worker process: start, ask, and survive what it does."""

import asyncio
import json
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from toolfuzz.core.credentials import sounds_secret
from toolfuzz.core.errors import UsageError
from toolfuzz.system.children import LastWords, leashed

__all__ = ["Worker", "without_secrets"]

_WORKER = Path(__file__).parent / "worker"
_LINE_LIMIT = 64 * 1024 * 1024
# vLLM takes 8 s of processor time to import, and a run starts all its targets at once.
_START_TIMEOUT = 300.0
_SEEN_SECONDS = 0.2
_BY_OTHERS = frozenset(
    int(getattr(signal, name, 0)) for name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
)
"""Signals by which a process is ended from outside: by a person, or where memory is short."""


class Worker:
    """One worker process; it is started when it is needed and again after it died.

    ``command`` is the Python, ``arguments`` are the engine and its folder. A question that kills
    the process is answered with ``{"error": …}`` like any other, one that takes more than
    ``cpu_seconds`` of processor time, or ``timeout`` seconds, with ``{"hangs": …}``. One whose
    process is ended from outside is put to another; where that ends likewise, it is the question.
    """

    def __init__(
        self, python: Path, arguments: Sequence[str], *, timeout: float, cpu_seconds: float
    ) -> None:
        self.command = (str(python), str(_WORKER), *arguments)
        self.timeout = timeout
        self.cpu_seconds = cpu_seconds
        self.version = ""
        self.parsers: tuple[str, ...] = ()
        self.reasoners: tuple[str, ...] = ()
        self.limits = False
        self._process: asyncio.subprocess.Process | None = None
        self._words = LastWords()
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process unless it runs; raises UsageError when the engine does not load."""
        if self._process is not None:
            return
        self._process = await asyncio.create_subprocess_exec(
            *leashed(self.command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=without_secrets(),
            # Ctrl-C is for the run, which still wants its last answers.
            start_new_session=True,
            limit=_LINE_LIMIT,
        )
        assert self._process.stderr is not None
        self._words = LastWords()
        self._listening = asyncio.create_task(self._words.listen(self._process.stderr))
        try:
            loaded = await asyncio.wait_for(self._line(), _START_TIMEOUT)
        except TimeoutError:
            loaded = {"fatal": f"nothing loaded within {_START_TIMEOUT:g} s"}
        except asyncio.CancelledError:
            await self.stop()
            raise
        if loaded is None:
            loaded = {"fatal": await self._last_words()}
        if "fatal" in loaded:
            await self.stop()
            raise _not_loaded(self.command, loaded)
        self.version, self.parsers = loaded["version"], tuple(loaded["parsers"])
        self.reasoners, self.limits = tuple(loaded["reasoners"]), loaded["limits"]

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the worker's answer (see ``worker/__main__.py``), or one that says how it died.

        Raises UsageError when the engine turns out only now to lack a module, or to be called
        otherwise than its reader does.
        """
        answer, by_others = await self._answer(question)
        if by_others:
            answer, _ = await self._answer(question)
        if "missing" in answer:
            raise _not_loaded(self.command, answer)
        if "undriven" in answer:
            raise UsageError(
                f"{self.command[2]} {self.version} wants to be called in another way: "
                f"{answer['undriven']}",
                "try another version",
            )
        return answer

    async def _answer(self, question: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """Return the answer, and whether there is none since others ended the process."""
        await self.start()
        assert self._process is not None
        by_others = False
        try:
            answer = await self._in_time(question)
            if answer is None:
                by_others = -await self._process.wait() in _BY_OTHERS
                answer = await self._ended()
                await self.stop()
        except (ConnectionError, ValueError) as error:
            answer = {"error": f"the parser's process broke off: {error}"}
            await self.stop()
        return answer, by_others

    async def stop(self) -> None:
        """End the process at once."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _in_time(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the answer, or that there is none since the process sleeps.

        One that works, or would if the machine let it, is waited for: it has a limit of its own.
        """
        asking = asyncio.ensure_future(self._exchange(question))
        try:
            while not await _done(asking, self.timeout):
                # Asleep it may have answered, and this side been too busy to see it.
                if _sleeps(self._process) and not await _done(asking, _SEEN_SECONDS):
                    await self.stop()
                    return {"hangs": {"waited": self.timeout}}
            return asking.result()
        finally:
            asking.cancel()

    async def _exchange(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        assert self._process is not None
        assert self._process.stdin is not None
        limited = {**question, "cpu_seconds": self.cpu_seconds}
        self._process.stdin.write(json.dumps(limited).encode() + b"\n")
        # A process that is gone says so by the end of what it writes.
        with suppress(ConnectionError):
            await self._process.stdin.drain()
        return await self._line()

    async def _line(self) -> dict[str, Any] | None:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    async def _ended(self) -> dict[str, Any]:
        """Return the answer of a process that is gone: its limit's signal says that it hung."""
        assert self._process is not None
        if await self._process.wait() == -signal.SIGVTALRM:
            return {"hangs": {"seconds": self.cpu_seconds}}
        return {"error": await self._last_words()}

    async def _last_words(self) -> str:
        """Say how the process ended: the last line of its stderr, or the signal that ended it."""
        assert self._process is not None
        code = await self._process.wait()
        if code < 0:
            return f"the parser's process was ended by {signal.Signals(-code).name}"
        if self._listening is not None:
            await self._listening
        said = self._words.last_line()
        return f"the parser's process ended with code {code}: {said or 'it said nothing'}"


def without_secrets() -> dict[str, str]:
    """Return our environment without what looks like a key: an engine is other people's code."""
    return {name: value for name, value in os.environ.items() if not sounds_secret(name)}


async def _done(task: asyncio.Future[Any], seconds: float) -> bool:
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return bool(done)


def _sleeps(process: asyncio.subprocess.Process | None) -> bool:
    """Whether a process waits for something; taken to where the system doesn't tell."""
    if process is None:
        return True
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] in ("S", "D")


def _not_loaded(command: Sequence[str], said: Mapping[str, Any]) -> UsageError:
    python, _, engine, _, *folders = command
    versions = [Path(folder).name for folder in folders]
    missing = said.get("missing")
    if missing == engine:
        return UsageError(
            f"{python} has no {engine} installed", "name the Python of an environment that has it"
        )
    reason = f"the module {missing} is missing" if missing else said["fatal"]
    return UsageError(
        f"the parsers of {' '.join([engine, *versions])} do not load: {reason}",
        "try another version, or name an environment with the engine by --engine-python",
    )
