"""The ``google-genai`` package reading recorded replies, in a user's own words.

What was asked does not matter to a recorded answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from toolfuzz.core.case import Json
from toolfuzz.formats.client_reader import ClientReader
from toolfuzz.formats.recorded import Recording

if TYPE_CHECKING:
    from toolfuzz.core.exchange import Attempt

__all__ = ["READERS"]

_ASKED: Any = {"model": "recorded", "contents": "recorded"}


def _plain(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    return _calls(_models(attempt).generate_content(**_ASKED))


def _stream(attempt: Attempt) -> Iterator[tuple[str, Json]]:
    for chunk in _models(attempt).generate_content_stream(**_ASKED):
        yield from _calls(chunk)


def _calls(response: Any) -> Iterator[tuple[str, Json]]:
    """Arguments that were left out are none, as the SDK's own function calling has it."""
    for call in response.function_calls or ():
        yield call.name, {} if call.args is None else call.args


def _models(attempt: Attempt) -> Any:
    recording, client = _client()
    recording.attempt = attempt
    return client.models


@cache
def _client() -> tuple[Recording, Any]:
    """Return a client without retries, the SDK's default, on the HTTP library it prefers."""
    inside = vars(import_module("google.genai._api_client"))
    http = inside["httpx2"] or inside["httpx"]
    recording = Recording(http)
    options = {
        "base_url": "http://recorded.invalid",
        "httpx_client": http.Client(transport=http.MockTransport(recording.answer)),
    }
    client = import_module("google.genai").Client(api_key="none", http_options=options)
    return recording, client


READERS = (
    ClientReader("google-genai", False, _plain, module="google.genai", since="3.6"),
    ClientReader("google-genai", True, _stream, "generate_content_stream()", "google.genai", "3.6"),
)
