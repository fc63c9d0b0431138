"""One file a wire format: a reply, or the pieces of a stream, in the format's own clothes."""

from collections.abc import Callable
from dataclasses import dataclass

from toolfuzz.core.case import JsonObject
from toolfuzz.simulate.ask import Api
from toolfuzz.simulate.reply import Piece, Refusal, Reply, Wire
from toolfuzz.simulate.wire import chat, messages, responses

__all__ = ["WIRES", "Encoding"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """The three things that a wire format can say."""

    plain: Callable[[Reply], Wire]
    stream: Callable[[Reply, list[Piece]], Wire]
    error: Callable[[Refusal], JsonObject]


WIRES: dict[Api, Encoding] = {
    "openai-chat": Encoding(chat.plain, chat.stream, chat.error),
    "openai-responses": Encoding(responses.plain, responses.stream, chat.error),
    "anthropic-messages": Encoding(messages.plain, messages.stream, messages.error),
}
