"""What the bytes of a Converse reply say, plain and streamed; nothing is repaired.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

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
    keys_of,
    string,
    text_of,
    usage_of,
)

from .framing import EXCEPTION

__all__ = ["BESIDE", "is_wanted_back", "plain", "stream"]

_FINISHES: dict[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "refusal",
    "content_filtered": "refusal",
}
_USAGE = ("inputTokens", "outputTokens")

# The fields of a call in a stream, as Fragment.keys names them.
_INDEX = (("index", "contentBlockIndex"),)
_CALL = (("id", "toolUseId"), ("name", "name"), ("arguments", "input"))
_PIECE = (("arguments", "input"),)


def plain(root: JsonObject, notes: Notes) -> Reply:
    """Read the object of a plain reply."""
    message = checked_object(
        checked_object(root, "output", "$", notes), "message", "$.output", notes
    )
    content = message.get("content")
    if not isinstance(content, list):
        notes.add("bad-field", "$.output.message", f"content is {a_kind(content)}")
        content = []
    texts, thoughts, calls = list[str](), list[JsonObject](), list[ToolCall]()
    beside = Beside(is_wanted_back)
    for n, block in enumerate(content):
        where = f"$.output.message.content[{n}]"
        if not isinstance(block, dict):
            notes.add("bad-field", where, f"a block is {a_kind(block)}")
        elif "toolUse" in block:
            calls += _calls(checked_object(block, "toolUse", where, notes), where, notes)
        elif "name" in block and "input" in block:
            notes.add("call-type", where, "a call that doesn't stand in toolUse")
            calls += _calls({**block, "toolUseId": block.get("id")}, where, notes)
        elif "text" in block:
            texts.append(text_of(block, "text", where, notes))
        elif "reasoningContent" in block:
            thoughts.append(checked_object(block, "reasoningContent", where, notes))
        if isinstance(block, dict) and BESIDE & block.keys():
            beside.add(block, len(calls))
    reason = checked_string(root, "stopReason", "$", notes)
    return Reply(
        "",
        False,
        None,
        text="".join(texts),
        reasoning="".join(_thought(thought, notes) for thought in thoughts),
        extra=beside.extra,
        places=beside.places,
        calls=tuple(calls),
        finish_reason=reason,
        finish=finish_of(reason, _FINISHES),
        usage=usage_of(root.get("usage"), *_USAGE),
    )


def stream(events: Iterable[Event], notes: Notes) -> Reply:
    """Read the events of a stream."""
    heard = _Stream(notes)
    for number, name, data in events:
        if isinstance(data, dict):
            heard.hear(number, name, data)
    return Reply(
        "",
        True,
        None,
        text="".join(heard.text),
        reasoning="".join(heard.reasoning),
        extra=heard.beside.extra,
        places=heard.beside.places,
        fragments=tuple(heard.fragments),
        finish_reason=heard.finish_reason,
        finish=finish_of(heard.finish_reason, _FINISHES),
        usage=heard.usage,
        error=heard.error,
        ended=heard.ended,
    )


class _Stream:
    """What has been heard of a stream so far."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.blocks: dict[int | None, JsonObject] = {}
        self.beside = Beside(is_wanted_back)
        self.fragments: list[Fragment] = []
        self.calls: set[int | None] = set()
        self.servers: set[int | None] = set()
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.error: Json = None
        self.ended = False

    def hear(self, number: int, kind: str, data: JsonObject) -> None:
        where = f"event {number}"
        if self.ended and kind != "metadata":
            self.notes.law("end", where, f"{kind} after messageStop", "warn")
        match kind:
            case "contentBlockStart":
                self._open(number, data, where)
            case "contentBlockDelta":
                self._delta(number, data, where)
            case "contentBlockStop":
                slot = checked_count(data, "contentBlockIndex", where, self.notes)
                if slot in self.calls:
                    self.fragments.append(
                        Fragment(number, "close", slot, keys=keys_of(data, _INDEX))
                    )
            case "messageStop":
                reason = checked_string(data, "stopReason", where, self.notes)
                self.finish_reason = reason or self.finish_reason
                self.ended = True
            case "metadata":
                self.usage = usage_of(data.get("usage"), *_USAGE) or self.usage
            case _ if kind.startswith(EXCEPTION):
                self.error = {"type": kind.removeprefix(EXCEPTION), **data}

    def _open(self, number: int, data: JsonObject, where: str) -> None:
        slot = checked_count(data, "contentBlockIndex", where, self.notes)
        start = checked_object(data, "start", where, self.notes)
        if "toolUse" not in start:
            return
        use = checked_object(start, "toolUse", where, self.notes)
        if _is_servers(use):
            self.servers.add(slot)
            return
        self.calls.add(slot)
        self.fragments.append(
            Fragment(
                number,
                "open",
                slot,
                checked_string(use, "toolUseId", where, self.notes),
                checked_string(use, "name", where, self.notes),
                use.get("input"),
                keys_of(data, _INDEX) + keys_of(use, _CALL),
            )
        )

    def _delta(self, number: int, data: JsonObject, where: str) -> None:
        slot = checked_count(data, "contentBlockIndex", where, self.notes)
        delta = checked_object(data, "delta", where, self.notes)
        if "toolUse" in delta and slot not in self.servers:
            piece = checked_object(delta, "toolUse", where, self.notes)
            if slot not in self.calls:
                self.notes.add("event-order", where, "arguments of a call that was never opened")
            self.fragments.append(
                Fragment(
                    number,
                    "delta",
                    slot,
                    arguments=piece.get("input"),
                    keys=keys_of(data, _INDEX) + keys_of(piece, _PIECE),
                )
            )
        elif "text" in delta:
            text = text_of(delta, "text", where, self.notes)
            self.text.append(text)
            block = self._block(slot, {"text": ""})
            block["text"] = (string(block, "text") or "") + text
        elif "reasoningContent" in delta:
            self._think(slot, checked_object(delta, "reasoningContent", where, self.notes), where)

    def _think(self, slot: int | None, piece: JsonObject, where: str) -> None:
        """Take a piece of reasoning; a block of it goes back whole, with its signature."""
        if "redactedContent" in piece:
            self._block(slot, {})["reasoningContent"] = piece
            return
        text = text_of(piece, "text", where, self.notes)
        self.reasoning.append(text)
        block = self._block(slot, {"reasoningContent": {"reasoningText": {"text": ""}}})
        if whole := block.get("reasoningContent", {}).get("reasoningText"):
            whole["text"] += text
            whole |= {"signature": piece["signature"]} if "signature" in piece else {}

    def _block(self, slot: int | None, opened: JsonObject) -> JsonObject:
        """Return the block beside the calls at this index, which begins with its first piece."""
        if slot not in self.blocks:
            self.blocks[slot] = opened
            self.beside.add(opened, len(self.calls))
        return self.blocks[slot]


BESIDE = frozenset({"text", "reasoningContent", "citationsContent"})


def is_wanted_back(block: JsonObject) -> bool:
    """Whether the service wants this back, unchanged, beside the calls' results."""
    return "reasoningContent" in block


def _calls(use: JsonObject, where: str, notes: Notes) -> list[ToolCall]:
    if _is_servers(use):
        return []
    arguments = use.get("input")
    raw = strictjson.dumps(arguments) if isinstance(arguments, dict) else None
    call = ToolCall(
        checked_string(use, "toolUseId", where, notes),
        checked_string(use, "name", where, notes),
        raw,
        arguments if raw is None else None,
        "input" in use,
        where,
    )
    return [call]


def _is_servers(use: JsonObject) -> bool:
    """Whether the service ran this tool itself: nobody is asked to call it."""
    return use.get("type") == "server_tool_use"


def _thought(block: JsonObject, notes: Notes) -> str:
    holder = block.get("reasoningText")
    return text_of(holder, "text", "$.output.message", notes) if isinstance(holder, dict) else ""
