"""What a message, or the events of a streamed one, say."""

from collections.abc import Iterable

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Finish, Fragment, Reply, ToolCall, Usage
from toolfuzz.formats.history import Beside
from toolfuzz.formats.reading import (
    Event,
    Notes,
    checked_count,
    checked_object,
    checked_string,
    finish_of,
    ids_of,
    keys_of,
    string,
    text_of,
    usage_of,
)

__all__ = ["BESIDE", "is_wanted_back", "plain", "stream"]

_FINISHES: dict[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
}
_USAGE = ("input_tokens", "output_tokens")

# The fields of a call in a stream, as Fragment.keys names them.
_INDEX = (("index", "index"),)
_CALL = (("id", "id"), ("type", "type"), ("name", "name"), ("arguments", "input"))
_PIECE = (("arguments", "partial_json"),)


def plain(root: JsonObject, notes: Notes) -> Reply:
    """Read the object of a body; see WireFormat."""
    content = root["content"]
    if isinstance(content, str):
        notes.add("bad-field", "$.content", "content is a string, not an array of blocks")
        content = [{"type": "text", "text": content}]
    elif not isinstance(content, list):
        notes.add("bad-field", "$.content", f"content is {a_kind(content)}")
        content = []
    texts, thoughts, calls = list[str](), list[str](), list[ToolCall]()
    beside = Beside(is_wanted_back)
    for n, block in enumerate(content):
        where = f"$.content[{n}]"
        if not isinstance(block, dict):
            notes.add("bad-field", where, f"a block is {a_kind(block)}")
        elif _is_call(block, where, notes):
            calls.append(_call(block, where, notes))
        elif block.get("type") == "text":
            texts.append(text_of(block, "text", where, notes))
        elif block.get("type") == "thinking":
            thoughts.append(text_of(block, "thinking", where, notes))
        if isinstance(block, dict) and block.get("type") in BESIDE:
            beside.add(block, len(calls))
    reason = checked_string(root, "stop_reason", "$", notes)
    return Reply(
        "",
        False,
        None,
        text="".join(texts),
        reasoning="".join(thoughts),
        calls=tuple(calls),
        finish_reason=reason,
        finish=finish_of(reason, _FINISHES),
        usage=usage_of(root.get("usage"), *_USAGE),
        model=string(root, "model"),
        error=root.get("error"),
        chunk_ids=ids_of(root),
        extra=beside.extra,
        places=beside.places,
    )


def is_wanted_back(block: JsonObject) -> bool:
    """Whether the service wants this thinking back, unchanged, beside the calls' results."""
    return bool(block.get("signature")) or block.get("type") == "redacted_thinking"


BESIDE = ("text", "thinking", "redacted_thinking")
# Calls that the server runs itself; what they gave stands in blocks beside them.
_SERVERS = ("server_tool_use", "mcp_tool_use")


def _is_call(block: JsonObject, where: str, notes: Notes) -> bool:
    kind = block.get("type")
    if kind == "tool_use":
        return True
    if kind in ("function", "function_call", "tool_call") or (
        kind is None and "name" in block and "input" in block
    ):
        notes.add("call-type", where, f"type is {kind!r}, not 'tool_use'")
        return True
    return False


def _call(block: JsonObject, where: str, notes: Notes) -> ToolCall:
    arguments = block.get("input")
    raw = strictjson.dumps(arguments) if isinstance(arguments, dict) else None
    return ToolCall(
        checked_string(block, "id", where, notes),
        checked_string(block, "name", where, notes),
        raw,
        arguments if raw is None else None,
        "input" in block,
        where,
    )


class _Stream:
    """What has been heard of a stream so far."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.fragments: list[Fragment] = []
        self.calls: set[int | None] = set()
        self.servers: set[int | None] = set()
        self.ids: dict[str, None] = {}
        self.finish_reason: str | None = None
        self.usage = Usage()
        self.model: str | None = None
        self.error: Json = None
        self.ended = False
        self.blocks: dict[int | None, JsonObject] = {}
        self.beside = Beside(is_wanted_back)

    def hear(self, number: int, kind: str, data: JsonObject) -> None:
        where = f"event {number}"
        match kind:
            case "message_start":
                message = checked_object(data, "message", where, self.notes)
                self.ids |= dict.fromkeys(ids_of(message))
                self.model = string(message, "model")
                self._count(message)
            case "content_block_start":
                self._open(number, data, where)
            case "content_block_delta":
                self._delta(number, data, where)
            case "content_block_stop":
                slot = checked_count(data, "index", where, self.notes)
                if slot in self.calls:
                    self.fragments.append(
                        Fragment(number, "close", slot, keys=keys_of(data, _INDEX))
                    )
            case "message_delta":
                delta = checked_object(data, "delta", where, self.notes)
                reason = checked_string(delta, "stop_reason", where, self.notes)
                self.finish_reason = reason or self.finish_reason
                self._count(data)
            case "message_stop":
                self.ended = True
            case "error":
                self.error = data.get("error", data)

    def _open(self, number: int, data: JsonObject, where: str) -> None:
        slot = checked_count(data, "index", where, self.notes)
        block = checked_object(data, "content_block", where, self.notes)
        if block.get("type") in BESIDE:
            self.blocks[slot] = dict(block)
            self.beside.add(self.blocks[slot], len(self.calls))
        if block.get("type") in _SERVERS:
            self.servers.add(slot)
        if not _is_call(block, where, self.notes):
            self._say(block, where)
            return
        self.calls.add(slot)
        self.fragments.append(
            Fragment(
                number,
                "open",
                slot,
                checked_string(block, "id", where, self.notes),
                checked_string(block, "name", where, self.notes),
                block.get("input"),
                keys_of(data, _INDEX) + keys_of(block, _CALL),
                type=string(block, "type"),
            )
        )

    def _delta(self, number: int, data: JsonObject, where: str) -> None:
        slot = checked_count(data, "index", where, self.notes)
        delta = checked_object(data, "delta", where, self.notes)
        if delta.get("type") != "input_json_delta":
            self._add_to_block(slot, delta)
            self._say(delta, where)
            return
        if slot in self.servers:
            return
        if slot not in self.calls:
            self.notes.add("event-order", where, "arguments of a call that was never opened")
        self.fragments.append(
            Fragment(
                number,
                "delta",
                slot,
                arguments=delta.get("partial_json"),
                keys=keys_of(data, _INDEX) + keys_of(delta, _PIECE),
            )
        )

    def _add_to_block(self, slot: int | None, delta: JsonObject) -> None:
        block = self.blocks.get(slot, {})
        for key in ("text", "thinking", "signature"):
            if isinstance(more := delta.get(key), str):
                block[key] = (string(block, key) or "") + more

    def _say(self, block: JsonObject, where: str) -> None:
        match block.get("type"):
            case "text" | "text_delta":
                self.text.append(text_of(block, "text", where, self.notes))
            case "thinking" | "thinking_delta":
                self.reasoning.append(text_of(block, "thinking", where, self.notes))

    def _count(self, holder: JsonObject) -> None:
        new = usage_of(holder.get("usage"), *_USAGE) or Usage()
        self.usage = Usage(
            self.usage.input_tokens if new.input_tokens is None else new.input_tokens,
            self.usage.output_tokens if new.output_tokens is None else new.output_tokens,
        )


def stream(events: Iterable[Event], notes: Notes) -> Reply:
    """Read the events of a stream; see WireFormat."""
    heard = _Stream(notes)
    for number, event, data in events:
        where = f"event {number}"
        if isinstance(data, str):
            notes.add("envelope", where, "[DONE] is no event of this format")
            continue
        kind = string(data, "type") or event
        if kind != event:
            # The official SDK goes by the event field and skips what has none.
            notes.add("envelope", where, f"the event field is {event!r}, its data says {kind!r}")
        if heard.ended and kind != "ping":
            notes.add("event-order", where, "an event after message_stop")
        heard.hear(number, kind, data)
    return Reply(
        "",
        True,
        None,
        text="".join(heard.text),
        reasoning="".join(heard.reasoning),
        fragments=tuple(heard.fragments),
        finish_reason=heard.finish_reason,
        finish=finish_of(heard.finish_reason, _FINISHES),
        usage=None if heard.usage == Usage() else heard.usage,
        model=heard.model,
        error=heard.error,
        ended=heard.ended,
        chunk_ids=tuple(heard.ids),
        extra=heard.beside.extra,
        places=heard.beside.places,
    )
