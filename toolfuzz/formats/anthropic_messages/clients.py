"""The ``anthropic`` package reading messages, in a user's own words.

What was asked does not matter to a recorded answer.
"""

from collections.abc import Iterator
from typing import Any

from toolfuzz.core.case import Json
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats.client_reader import ClientReader
from toolfuzz.formats.recorded import replaying

__all__ = ["READERS"]

_ASKED: Any = {
    "model": "recorded",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "recorded"}],
}


def _plain(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    return _blocks(_messages(attempt).create(**_ASKED).content)


def _helper(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    with _messages(attempt).stream(**_ASKED) as stream:
        return _blocks(stream.get_final_message().content)


def _messages(attempt: Attempt) -> Any:
    return replaying(attempt, "anthropic", "Anthropic").messages


def _blocks(content: Any) -> Iterator[tuple[str, Json]]:
    for block in content:
        if block.type == "tool_use":
            yield block.name, block.input


READERS = (
    ClientReader("anthropic", False, _plain, since="0.40"),
    ClientReader("anthropic", True, _helper, "stream()", since="0.40"),
)
