"""What a user of the official SDKs gets from recorded bytes: the client lens.

The bytes of a reply are served to the installed ``openai`` or ``anthropic`` package from memory,
retries off, and read the way its documentation shows. Importing an SDK takes a second: this is
for after a run, never for the measuring path.
"""

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from toolfuzz.core.case import Case, Expectation, Json
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.text import clip
from toolfuzz.judge.call import validates

__all__ = ["ClientView", "lens"]

Outcome = Literal["same", "different", "nothing", "exception"]
Call = tuple[str, Json]


@dataclass(frozen=True, slots=True)
class ClientView:
    """What one way of using one SDK makes of a reply.

    ``client`` is package, version and, for streams, the way (``openai 3.54.0 stream()``).
    ``outcome``: ``same`` calls as were asked for · ``different`` calls, silently · ``nothing``,
    silently, where calls were asked for · ``exception``; then ``detail`` is its type and message.
    ``calls`` are (name, arguments) as the user's code has them.
    """

    client: str
    outcome: Outcome
    detail: str = ""
    calls: tuple[Call, ...] = ()


def lens(attempt: Attempt, api: str, *, stream: bool, case: Case, turn: int) -> list[ClientView]:
    """Replay one recorded reply through the SDK of its wire format.

    One view for each way in which the SDK is used: plain replies one, streams the SDK's own
    helper and, for chat, reading the chunks oneself. [] for a wire format without an SDK and for
    an expectation that is unknown. Never raises on anything a server can send.
    """
    expect = case.turns[turn].expect
    if expect.kind == "unknown":
        return []
    return [_view(client, read, attempt, case, expect) for client, read in _ways(api, stream)]


def _view(
    client: str,
    read: Callable[[Attempt], Iterator[Call]],
    attempt: Attempt,
    case: Case,
    expect: Expectation,
) -> ClientView:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            calls = tuple(read(attempt))
        outcome = _outcome(calls, case, expect)
    except Exception as error:
        # Whatever comes is what a user would see, from the SDK or from plain code after it.
        return ClientView(client, "exception", f"{type(error).__name__}: {clip(str(error))}")
    return ClientView(client, outcome, calls=calls)


def _outcome(calls: Sequence[Call], case: Case, expect: Expectation) -> Outcome:
    if expect.compare == "schema" and len(calls) == len(expect.calls):
        tools = [case.tool(name) for name, _ in calls]
        if all(t and validates(v, t) for t, (_, v) in zip(tools, calls, strict=True)):
            return "same"
    ours = [f"{name} {canonical(value)}" for name, value in calls]
    right = [f"{call.tool} {canonical(call.arguments)}" for call in expect.calls]
    if sorted(ours) == sorted(right):
        return "same"
    return "different" if calls else "nothing"


def _ways(api: str, stream: bool) -> list[tuple[str, Callable[[Attempt], Iterator[Call]]]]:
    match api, stream:
        case "openai-chat", False:
            return [(_named("openai"), _chat)]
        case "openai-chat", True:
            name = _named("openai")
            return [(f"{name} stream()", _chat_stream), (f"{name} stream=True", _chat_chunks)]
        case "openai-responses", False:
            return [(_named("openai"), _responses)]
        case "openai-responses", True:
            return [(f"{_named('openai')} stream()", _responses_stream)]
        case "anthropic-messages", False:
            return [(_named("anthropic"), _messages)]
        case "anthropic-messages", True:
            return [(f"{_named('anthropic')} stream()", _messages_stream)]
    return []


def _named(package: str) -> str:
    from importlib.metadata import version

    return f"{package} {version(package)}"


# --- each way in a user's own words; the question itself does not matter to a recorded answer

_ASKED: Any = {"model": "recorded", "messages": [{"role": "user", "content": "recorded"}]}


def _chat(attempt: Attempt) -> Iterator[Call]:
    message = _openai(attempt).chat.completions.create(**_ASKED).choices[0].message
    return _chat_calls(message.tool_calls)


def _chat_stream(attempt: Attempt) -> Iterator[Call]:
    with _openai(attempt).chat.completions.stream(**_ASKED) as stream:
        completion = stream.get_final_completion()
    return _chat_calls(completion.choices[0].message.tool_calls)


def _chat_calls(calls: Any) -> Iterator[Call]:
    for call in calls or ():
        yield call.function.name, json.loads(call.function.arguments)


def _chat_chunks(attempt: Attempt) -> Iterator[Call]:
    """As OpenAI's guide does it: the first delta of an index begins a call, others add to it.

    https://platform.openai.com/docs/guides/function-calling#streaming
    """
    final: dict[Any, Any] = {}
    for chunk in _openai(attempt).chat.completions.create(**_ASKED, stream=True):
        for call in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
            if call.index not in final:
                final[call.index] = call
            else:
                final[call.index].function.arguments += call.function.arguments
    return _chat_calls(final.values())


def _responses(attempt: Attempt) -> Iterator[Call]:
    return _items(_openai(attempt).responses.create(model="recorded", input="recorded").output)


def _responses_stream(attempt: Attempt) -> Iterator[Call]:
    with _openai(attempt).responses.stream(model="recorded", input="recorded") as stream:
        return _items(stream.get_final_response().output)


def _items(output: Any) -> Iterator[Call]:
    for item in output:
        if item.type == "function_call":
            yield item.name, json.loads(item.arguments)


def _messages(attempt: Attempt) -> Iterator[Call]:
    return _blocks(_anthropic(attempt).messages.create(**_ASKED, max_tokens=1024).content)


def _messages_stream(attempt: Attempt) -> Iterator[Call]:
    with _anthropic(attempt).messages.stream(**_ASKED, max_tokens=1024) as stream:
        return _blocks(stream.get_final_message().content)


def _blocks(content: Any) -> Iterator[Call]:
    for block in content:
        if block.type == "tool_use":
            yield block.name, block.input


# --- clients whose network is the recording

_replaying: list[Attempt] = []


def _openai(attempt: Attempt) -> Any:
    _replaying[:] = [attempt]
    return _openai_client()


def _anthropic(attempt: Attempt) -> Any:
    _replaying[:] = [attempt]
    return _anthropic_client()


@cache
def _openai_client() -> Any:
    import openai

    return openai.OpenAI(
        api_key="none",
        base_url="http://recorded.invalid/v1",
        max_retries=0,
        http_client=_recorded(),
    )


@cache
def _anthropic_client() -> Any:
    import anthropic

    return anthropic.Anthropic(
        api_key="none",
        base_url="http://recorded.invalid",
        max_retries=0,
        http_client=_recorded(),
    )


def _recorded() -> Any:
    """Return an HTTP client that answers every request with the attempt being replayed."""
    import httpx2

    def answer(request: Any) -> Any:
        (attempt,) = _replaying
        if attempt.status is None:
            raise httpx2.ConnectError(attempt.error or "no answer", request=request)

        def body() -> Iterator[bytes]:
            for _, chunk in attempt.chunks:
                yield chunk
            if attempt.error:
                raise httpx2.ReadError(attempt.error, request=request)

        kept = {k: v for k, v in attempt.headers.items() if k == "content-type"}
        return httpx2.Response(attempt.status, headers=kept, content=body())

    return httpx2.Client(transport=httpx2.MockTransport(answer))
