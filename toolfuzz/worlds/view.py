"""What an agent sees: the request alone, put in order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from toolfuzz.core.ask import Answered, Ask, Called
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.json import JsonError, parse

__all__ = ["Step", "View", "texts_of", "view_of"]


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
    system: list[str] = []
    users: list[str] = []
    steps: list[Step] = []
    called: tuple[Called, int] | None = None
    round = 0
    for said in ask.said:
        match said:
            case Message("system", content):
                system.append(content)
            case Message(_, content):
                users.append(content)
            case Called():
                called, round = (said, len(users)), round + 1
            case Answered(results) if called is not None:
                calls, after = called[0].reply.calls, called[1]
                by_id = {result.call_id: result for result in results}
                apart = len(by_id) == len(results) == len(calls)
                for n, call in enumerate(calls):
                    told = by_id.get(call.id) if apart else None
                    told = told or (results[n] if n < len(results) else None)
                    result = _read(told.content) if told else ""
                    given = _object(call.arguments_raw, call.arguments)
                    steps.append(Step(call.name or "", given, result, after, round))
    return View(tuple(system), tuple(users), tuple(steps), ask.tools)


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


def _read(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _object(raw: str | None, value: Json) -> JsonObject:
    try:
        read = parse(raw).value if raw is not None else value
    except JsonError:
        return {}
    return read if isinstance(read, dict) else {}
