"""How a question reaches a target. A target over HTTP and an engine on trial answer alike."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from toolfuzz.core.case import Case, JsonObject, Turn
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.reply import Reply
from toolfuzz.formats import WireFormat
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
        body = {
            **self.client.endpoint.defaults(stream=stream),
            **self.format.encode(case, turn, self.target, stream=stream, history=history),
        }
        return Answer(body, await self.client.ask(body))


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
