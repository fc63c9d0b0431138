"""The ``openai`` package reading replies of the Responses format, in a user's own words.

What was asked does not matter to a recorded answer.
"""

import json
from collections.abc import Iterator
from typing import Any

from toolfuzz.core.case import Json
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats.client_reader import ClientReader
from toolfuzz.formats.recorded import replaying

__all__ = ["READERS"]


def _plain(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    return _items(_responses(attempt).create(model="recorded", input="recorded").output)


def _helper(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    with _responses(attempt).stream(model="recorded", input="recorded") as stream:
        return _items(stream.get_final_response().output)


def _responses(attempt: Attempt) -> Any:
    return replaying(attempt, "openai", "OpenAI").responses


def _items(output: Any) -> Iterator[tuple[str, Json]]:
    for item in output:
        if item.type == "function_call":
            yield item.name, json.loads(item.arguments)
        elif item.type == "custom_tool_call":
            yield item.name, item.input


SINCE = "1.92"
"""The first version in which all of these ways are."""

READERS = (
    ClientReader("openai", False, _plain, since=SINCE),
    ClientReader("openai", True, _helper, "stream()", since=SINCE),
)
