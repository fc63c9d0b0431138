"""The ``openai`` package reading chat completions, in a user's own words.

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

_ASKED: Any = {"model": "recorded", "messages": [{"role": "user", "content": "recorded"}]}


def _completions(attempt: Attempt) -> Any:
    return replaying(attempt, "openai", "OpenAI").chat.completions


def _plain(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    return _calls(_completions(attempt).create(**_ASKED).choices[0].message.tool_calls)


def _helper(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    with _completions(attempt).stream(**_ASKED) as stream:
        completion = stream.get_final_completion()
    return _calls(completion.choices[0].message.tool_calls)


def _chunks(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    """As OpenAI's guide does it: the first delta of an index begins a call, others add to it.

    https://platform.openai.com/docs/guides/function-calling#streaming
    """
    final: dict[Any, Any] = {}
    for chunk in _completions(attempt).create(**_ASKED, stream=True):
        for call in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
            if call.index not in final:
                final[call.index] = call
            else:
                final[call.index].function.arguments += call.function.arguments
    return _calls(final.values())


def _calls(calls: Any) -> Iterator[tuple[str, Json]]:
    for call in calls or ():
        if call.type == "custom":
            yield call.custom.name, call.custom.input
        else:
            yield call.function.name, json.loads(call.function.arguments)


SINCE = "1.92"
"""The first version in which all of these ways are."""

READERS = (
    ClientReader("openai", False, _plain, since=SINCE),
    ClientReader("openai", True, _helper, "stream()", since=SINCE),
    ClientReader("openai", True, _chunks, "stream=True", since=SINCE),
)
