"""What a chat completion, or the chunks of a streamed one, say."""

from collections.abc import Iterable, Iterator

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Finish, Fragment, Reply, ToolCall, Usage
from toolfuzz.formats.reading import (
    Event,
    Notes,
    checked_string,
    finish_of,
    ids_of,
    string,
    text_of,
    usage_of,
)

from .beside import Pieces, beside
from .calls import call_of, fragment_of, function_of, tool_calls

__all__ = ["plain", "stream"]

_FINISHES: dict[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "refusal",
}
_USAGE = ("prompt_tokens", "completion_tokens")


def plain(root: JsonObject, notes: Notes) -> Reply:
    """Read the object of a body; see WireFormat."""
    where = "$.choices[0]"
    choice = next(_choices(root, "$", notes), None)
    if choice is None:
        if root.get("error") is None:
            notes.add("envelope", "$.choices", "no choice in the reply")
        return Reply("", False, None, error=root.get("error"), model=string(root, "model"))
    message = choice.get("message")
    if not isinstance(message, dict):
        notes.add("envelope", f"{where}.message", f"message is {a_kind(message)}")
        message = {}
    where += ".message"
    calls = [
        call_of(call, f"{where}.tool_calls[{n}]", notes)
        for n, call in enumerate(tool_calls(message, where, notes))
    ]
    if isinstance(legacy := message.get("function_call"), dict):
        calls.append(function_of(None, legacy, f"{where}.function_call", notes))
    refusal = text_of(message, "refusal", where, notes)
    reason = _finish_reason(choice, notes)
    return Reply(
        "",
        False,
        None,
        text=text_of(message, "content", where, notes) or refusal,
        reasoning=_reasoning(message, where, notes),
        calls=tuple(calls),
        finish_reason=reason,
        finish="refusal" if refusal else _finish(reason),
        usage=usage_of(root.get("usage"), *_USAGE),
        model=string(root, "model"),
        error=root.get("error") or choice.get("error"),
        chunk_ids=ids_of(root),
        extra=beside(message),
    )


class _Stream:
    """What has been heard of a stream so far."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.beside = Pieces()
        self.refusal: list[str] = []
        self.fragments: list[Fragment] = []
        self.ids: dict[str, None] = {}
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.model: str | None = None
        self.error: Json = None
        self.ended = False
        self.legacy: tuple[str | None, list[str]] | None = None

    def hear(self, number: int, chunk: JsonObject) -> None:
        where = f"event {number}"
        if chunk.get("error") is not None:
            self.error = chunk["error"]
        elif chunk.get("object") == "error":  # older vLLM
            self.error = chunk
        self.ids |= dict.fromkeys(ids_of(chunk))
        self.model = self.model or string(chunk, "model")
        self.usage = usage_of(chunk.get("usage"), *_USAGE) or self.usage
        if "choices" not in chunk and self.error is None and "usage" not in chunk:
            self.notes.add("envelope", where, "a chunk without choices")
        for choice in _choices(chunk, where, self.notes):
            self._hear_choice(number, choice, where)

    def _hear_choice(self, number: int, choice: JsonObject, where: str) -> None:
        delta = choice.get("delta")
        if delta is None and isinstance(choice.get("message"), dict):
            self.notes.add("envelope", where, "message stands where delta belongs")
            delta = choice["message"]
        if isinstance(delta, dict):
            self._hear_delta(number, delta, where)
        elif delta is not None:
            self.notes.add("bad-field", where, f"delta is {a_kind(delta)}")
        reason = _finish_reason(choice, self.notes)
        if reason and self.finish_reason not in (None, reason):
            known = self.finish_reason
            detail = f"finish reason {reason!r} after {known!r}: clients may stop at the first"
            self.notes.add("event-order", where, detail)
        self.finish_reason = reason or self.finish_reason

    def _hear_delta(self, number: int, delta: JsonObject, where: str) -> None:
        if text := text_of(delta, "content", where, self.notes):
            self.text.append(text)
        if text := _reasoning(delta, where, self.notes):
            self.reasoning.append(text)
        self.beside.add(delta)
        if text := text_of(delta, "refusal", where, self.notes):
            self.refusal.append(text)
        for call in tool_calls(delta, where, self.notes):
            if self.finish_reason is not None:
                self.notes.add("event-order", where, "a tool call after the finish reason")
            self.fragments.append(fragment_of(number, call, where, self.notes))
        if isinstance(function := delta.get("function_call"), dict):
            self._hear_legacy(function)

    def _hear_legacy(self, function: JsonObject) -> None:
        called, pieces = self.legacy or (None, [])
        pieces.append(string(function, "arguments") or "")
        self.legacy = called or string(function, "name"), pieces


def stream(events: Iterable[Event], notes: Notes) -> Reply:
    """Read the events of a stream; see WireFormat."""
    heard = _Stream(notes)
    for number, event, data in events:
        if isinstance(data, str):
            heard.ended = True
            continue
        if event == "error" and data.get("error") is None:
            data = {"error": data}
        heard.hear(number, data)
    legacy: ToolCall | None = None
    if heard.legacy is not None:
        called, pieces = heard.legacy
        legacy = ToolCall(None, called, "".join(pieces), where="function_call")
    refusal = "".join(heard.refusal)
    return Reply(
        "",
        True,
        None,
        text="".join(heard.text) or refusal,
        reasoning="".join(heard.reasoning),
        fragments=tuple(heard.fragments),
        finish_reason=heard.finish_reason,
        finish="refusal" if refusal else _finish(heard.finish_reason),
        usage=heard.usage,
        model=heard.model,
        error=heard.error,
        ended=heard.ended,
        chunk_ids=tuple(heard.ids),
        legacy=legacy,
        extra=heard.beside.whole(),
    )


def _choices(root: JsonObject, where: str, notes: Notes) -> Iterator[JsonObject]:
    """Yield the choices; one was asked for, so any but index 0 is noted."""
    choices = root.get("choices")
    if not isinstance(choices, list):
        if choices is not None:
            notes.add("envelope", f"{where}.choices", f"choices is {a_kind(choices)}")
        return
    for choice in choices:
        if not isinstance(choice, dict):
            notes.add("bad-field", f"{where}.choices", f"a choice is {a_kind(choice)}")
            continue
        if choice.get("index", 0) not in (0, None):
            notes.add("choice-index", f"{where}.choices", "a choice other than 0 although n is 1")
        yield choice


def _reasoning(message: JsonObject, where: str, notes: Notes) -> str:
    """Return DeepSeek's, GLM's and Kimi's reasoning_content, or OpenRouter's and vLLM's reasoning.

    Gateways send both spellings with the same text, so the first that says something counts.
    """
    return text_of(message, "reasoning_content", where, notes) or text_of(
        message, "reasoning", where, notes
    )


def _finish(reason: str | None) -> Finish | None:
    return finish_of(reason and reason.lower(), _FINISHES)


def _finish_reason(choice: JsonObject, notes: Notes) -> str | None:
    return checked_string(choice, "finish_reason", "finish_reason", notes)
