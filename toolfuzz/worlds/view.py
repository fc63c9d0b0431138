"""What an agent sees: the request alone, put in order."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from toolfuzz.core.ask import Answered, Ask, Called, Said, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.json import JsonError, parse

__all__ = ["Step", "View", "Viewer", "texts_of", "view_of"]

_READ = 512
"""Results and arguments that are kept as they were read; nobody may change them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call that was made and what was told of it. ``after``: so many user messages came before.

    ``round`` counts the assistant's replies.
    """

    tool: str
    arguments: JsonObject
    result: Json
    after: int
    round: int

    @property
    def failed(self) -> bool:
        """Whether the result is an error."""
        return isinstance(self.result, dict) and "error" in self.result


@dataclass(frozen=True, slots=True)
class View:
    """The system texts, the user's messages in order, the calls so far, and the tools on offer."""

    system: tuple[str, ...]
    users: tuple[str, ...]
    steps: tuple[Step, ...]
    tools: tuple[Tool, ...]

    @property
    def task(self) -> str:
        """The first thing that the user said."""
        return self.users[0] if self.users else ""

    @property
    def since(self) -> tuple[Step, ...]:
        """The calls since the user last said something."""
        return tuple(step for step in self.steps if step.after == len(self.users))


def view_of(ask: Ask) -> View:
    """Put a request in order. Results that aren't JSON stand as texts."""
    return Viewer().view(ask)


class Viewer:
    """Somebody who sees the requests of one talk, each of which begins with the one before."""

    def __init__(self) -> None:
        self._system: list[str] = []
        self._users: list[str] = []
        self._steps: list[Step] = []
        self._called: tuple[Called, int] | None = None
        self._round = 0
        self._heard = 0

    def view(self, ask: Ask) -> View:
        """Return the request in order; only what is new in it is read."""
        for said in ask.said[self._heard :]:
            self._hear(said)
        self._heard = len(ask.said)
        return View(tuple(self._system), tuple(self._users), tuple(self._steps), ask.tools)

    def _hear(self, said: Said) -> None:
        match said:
            case Message("system", content):
                self._system.append(content)
            case Message(_, content):
                self._users.append(content)
            case Called():
                self._called, self._round = (said, len(self._users)), self._round + 1
            case Answered(results) if self._called is not None:
                called, after = self._called
                self._steps += _steps(called, results, after, self._round)


def texts_of(value: Json) -> Iterator[str]:
    """Yield every text in a value."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from texts_of(item)
        case dict():
            for item in value.values():
                yield from texts_of(item)


def _steps(called: Called, results: Sequence[ToolResult], after: int, round: int) -> Iterator[Step]:
    calls = called.reply.calls
    by_id = {result.call_id: result for result in results}
    apart = len(by_id) == len(results) == len(calls)
    for n, call in enumerate(calls):
        told = by_id.get(call.id) if apart else None
        told = told or (results[n] if n < len(results) else None)
        result = _read(told.content) if told else ""
        given = _object(call.arguments_raw, call.arguments)
        yield Step(call.name or "", given, result, after, round)


@lru_cache(maxsize=_READ)
def _read(text: str) -> Json:
    """Read a result; a long talk says the same ones again in every request."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _object(raw: str | None, value: Json) -> JsonObject:
    read = _given(raw) if raw is not None else value
    return read if isinstance(read, dict) else {}


@lru_cache(maxsize=_READ)
def _given(raw: str) -> Json:
    try:
        return parse(raw).value
    except JsonError:
        return None
