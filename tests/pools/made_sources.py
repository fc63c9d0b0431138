"""Targets in memory: data that can be pickled, answering with the bytes of a chat completion."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn
from toolfuzz.core.events import Event, ExchangeRecorded
from toolfuzz.core.exchange import Attempt, StreamMode, Target
from toolfuzz.core.talk import Talk
from toolfuzz.formats import CannotAskError, Request
from toolfuzz.sources.redaction import Redaction
from toolfuzz.sources.source import Pace, Permit

TOOL = Tool("save", "Save it.", {"type": "object", "properties": {"n": {"type": "integer"}}})

PAID: list[Attempt] = []
"""Every attempt that a made-up session has given."""


def case(number: int, *, turns: int = 1) -> Case:
    """A case whose right answer is ``save(n=number)``, in every turn."""
    expect = Expectation("calls", (ExpectedCall("save", {"n": number}),))
    asked = Turn((Message("user", f"Save {number}."),), expect, results=("saved",))
    return Case("generated", "echo", (), (TOOL,), (asked,) * turns)


async def each(cases: list[Case]) -> AsyncIterator[Case]:
    for one in cases:
        yield one


def target(name: str = "m", stream: StreamMode = "plain") -> Target:
    return Target(name, "made", name, "openai-chat", stream)


def attempt(status: int, body: object, kind: str = "application/json") -> Attempt:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Attempt(1.0, 2.0, 3.0, status, {"content-type": kind}, ((2.0, content),))


def right(number: int, *, turn: int = 0, stream: bool = False) -> Attempt:
    """The right answer to case ``number``: 10 tokens in, 5 out."""
    function = {"name": "save", "arguments": json.dumps({"n": number})}
    call = {"id": f"call_{number}_{turn}", "type": "function", "function": function}
    head = {"id": "c", "created": 1, "model": "m"}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    if not stream:
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        whole = {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
        return attempt(200, whole)
    deltas = [
        ({"role": "assistant", "content": None}, None),
        ({"tool_calls": [{"index": 0, **call}]}, None),
        ({}, "tool_calls"),
    ]
    chunks = [
        {"object": "chat.completion.chunk", **head}
        | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        for delta, finish in deltas
    ]
    chunks.append({"object": "chat.completion.chunk", **head, "choices": [], "usage": usage})
    text = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return attempt(200, text.encode(), "text/event-stream")


BROKEN = attempt(402, {"error": {"message": "no money"}})


def honest(request: Request) -> list[Attempt]:
    said = request.body
    return [right(said["n"], turn=said["turn"], stream=said["stream"])]


def broken(request: Request) -> list[Attempt]:
    return [BROKEN]


def retried(request: Request) -> list[Attempt]:
    return [attempt(503, {"error": {"message": "busy"}}), *honest(request)]


@dataclass(frozen=True)
class MadeSource:
    """A target that answers by a function (a module's, so that it can be pickled)."""

    target: Target
    answer: Callable[[Request], list[Attempt]] = honest
    concurrency: int = 3
    before: Callable[[Request], object] | None = None
    """Awaited before an answer, where a test wants a say in when it comes."""
    key: str | None = None
    refused: frozenset[int] = frozenset()
    """Numbers of cases that can't be asked."""

    @property
    def pace(self) -> Pace:
        return Pace(self.target.name, self.concurrency)

    def request(self, talk: Talk, *, stream: bool) -> Request:
        assert talk.turn is not None
        number = talk.turn.expect.calls[0].arguments["n"]
        if number in self.refused:
            raise CannotAskError("no word for it")
        said = [[reply.text, reply.calls[0].arguments_raw] for reply in talk.replies]
        return Request("", {"n": number, "turn": talk.number, "stream": stream, "said": said})

    @asynccontextmanager
    async def open(self, permit: Permit | None = None) -> AsyncIterator["MadeSession"]:
        await asyncio.sleep(0)
        yield MadeSession(self)


class MadeSession:
    def __init__(self, source: MadeSource) -> None:
        self._source = source
        self.redaction = Redaction(source.key, {})

    async def ask(self, request: Request) -> AsyncIterator[Attempt]:
        for one in self._source.answer(request):
            await asyncio.sleep(0)
            if self._source.before is not None:
                await self._source.before(request)  # type: ignore[misc]
            PAID.append(one)
            yield one
            await asyncio.sleep(0)


def lethal(path: str, request: Request) -> list[Attempt]:
    """End the process at case 5's stream, once: as long as there is that file."""
    if request.body["n"] == 5 and request.body["stream"] and Path(path).exists():
        Path(path).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return honest(request)


def lethal_call(path: str, times: int) -> int:
    """End the process so many times, each of which is a byte of the file; then say how many."""
    file = Path(path)
    with file.open("ab") as deaths:
        if deaths.tell() < times:
            deaths.write(b".")
            deaths.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    return file.stat().st_size


async def hang_at_second_turns(path: str, request: Request) -> None:
    """Leave a file in the folder for every second turn that is asked, and never answer it."""
    if request.body["turn"]:
        (Path(path) / str(request.body["n"])).touch()
        await asyncio.Event().wait()


async def hang_with_second_turns(path: str, request: Request) -> None:
    """Leave a file for every turn that a process is asked; second turns wait while one hangs."""
    number = len(os.listdir(path))  # noqa: PTH208
    (Path(path) / f"{request.body['turn']}-{request.body['n']}-{os.getpid()}-{number}").touch()
    while request.body["turn"] and (Path(path) / "hang").exists():  # noqa: ASYNC110 - another's
        await asyncio.sleep(0.05)


async def hang_for_now(path: str, request: Request) -> None:
    """Leave a file in the folder for every stream that a process asks, and wait while one hangs."""
    if request.body["stream"]:
        (Path(path) / f"{request.body['n']}-{os.getpid()}").touch()
        while (Path(path) / "hang").exists():  # noqa: ASYNC110 - another's
            await asyncio.sleep(0.05)


async def another_process(request: Request) -> None:
    """Start a process, as an engine's session does."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    assert await process.wait() == 0


@dataclass(frozen=True)
class PacedSource(MadeSource):
    """A target at which a request takes a while, and waits for its permit."""

    rpm: float | None = None

    @property
    def pace(self) -> Pace:
        return Pace("all made", self.concurrency, rpm=self.rpm)

    @asynccontextmanager
    async def open(self, permit: Permit | None = None) -> AsyncIterator["PacedSession"]:
        assert permit is not None
        yield PacedSession(self, permit)


class PacedSession(MadeSession):
    def __init__(self, source: PacedSource, permit: Permit) -> None:
        super().__init__(source)
        self._permit = permit

    async def ask(self, request: Request) -> AsyncIterator[Attempt]:
        async with self._permit.place(0):
            began = time.time()
            await asyncio.sleep(0.01)
            (answer,) = self._source.answer(request)
            took = 1000 * (time.time() - began)
            answer = replace(answer, started=began, total_ms=took)
            self._permit.ended(answer)
        yield answer


def attempts_in(events: list[Event]) -> int:
    """How many answers these events hold."""
    return sum(len(e.exchange.attempts) for e in events if isinstance(e, ExchangeRecorded))
