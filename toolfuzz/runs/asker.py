"""How a question reaches a target. A target over HTTP and an engine on trial answer alike."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from toolfuzz.core.ask import ask_of
from toolfuzz.core.case import Case, JsonObject, Turn
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.reply import Reply
from toolfuzz.formats import CannotAskError, Request, WireFormat
from toolfuzz.sources.transport import Client

__all__ = ["Answer", "Asker", "HttpAsker", "Participant"]

History = Sequence[tuple[Turn, Reply]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The request body as sent and every attempt; ``skipped`` says why nothing could be asked."""

    request: JsonObject
    attempts: tuple[Attempt, ...] = ()
    skipped: str | None = None


class Asker(Protocol):
    """One conversation partner; a worker has its own."""

    async def ask(self, case: Case, turn: int, *, stream: bool, history: History) -> Answer:
        """Put one turn of a case and return the answer. Never raises for what a server does."""
        ...


@dataclass(frozen=True, slots=True)
class HttpAsker:
    """Asks over HTTP in the target's wire format."""

    client: Client
    format: WireFormat
    target: Target

    async def ask(self, case: Case, turn: int, *, stream: bool, history: History) -> Answer:
        """Encode, send, capture."""
        ask = ask_of(case, turn, history, model=self.target.model, stream=stream)
        try:
            request = self.format.request(ask, params=self.target.params)
        except CannotAskError as error:
            return Answer({}, skipped=f"{self.format.title} can't ask this: {error}")
        defaults = self.client.endpoint.defaults(stream=stream)
        if defaults:
            request = Request(request.path, self.format.merge(defaults, request.body))
        return Answer(request.body, await self.client.ask(request))


class Participant(Protocol):
    """A target and how to open a conversation with it."""

    @property
    def target(self) -> Target:
        """Who is asked."""
        ...

    @property
    def format(self) -> WireFormat:
        """Reads what comes back."""
        ...

    @property
    def concurrency(self) -> int:
        """How many questions may be under way at once."""
        ...

    def open(self) -> AbstractAsyncContextManager[Asker]:
        """Return a fresh asker; each worker opens its own."""
        ...
