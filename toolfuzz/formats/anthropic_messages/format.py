"""Anthropic Messages: https://platform.claude.com/docs/en/api/messages."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Case, Json, JsonObject, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Finish, Fragment, Reply, ToolCall, Usage
from toolfuzz.formats import Asked
from toolfuzz.formats.reading import (
    Notes,
    checked_string,
    content_text,
    count,
    decode_with,
    ids_of,
    objects,
    stream_data,
    string,
    text_of,
    tool_of,
    usage_of,
)

name = "anthropic-messages"
path = "/messages"

# The API demands max_tokens; this is enough for any generated case.
MAX_TOKENS = 4096


def headers(key: str | None) -> dict[str, str]:
    """Return the API version and the key, as the official SDK has sent them since 2.0.

    Other servers of this format take the bearer header too: Claude Code sends it to them.
    https://platform.claude.com/docs/en/api/versioning
    """
    version = {"anthropic-version": "2026-10-21"}
    return {"authorization": f"Bearer {key}", **version} if key else version


# --- encode


def encode(
    case: Case,
    turn: int,
    target: Target,
    *,
    stream: bool,
    history: Sequence[tuple[Turn, Reply]] = (),
) -> JsonObject:
    """See WireFormat.encode. System messages of all turns go to the top, where the API has them."""
    asked = case.turns[turn]
    said = _Conversation()
    for earlier, reply in history:
        said.hear_turn(earlier)
        said.hear_reply(earlier, reply)
    said.hear_turn(asked)
    body: JsonObject = {
        "model": target.model,
        "max_tokens": MAX_TOKENS,
        "messages": said.messages,
    }
    if said.system:
        body["system"] = "\n\n".join(said.system)
    if case.tools:
        body["tools"] = [_tool(tool) for tool in case.tools]
        if asked.tool_choice != "auto" or asked.parallel is not None:
            body["tool_choice"] = _tool_choice(asked)
    if stream:
        body["stream"] = True
    return body | target.params


class _Conversation:
    """Messages in the making; what one role says in a row becomes one message of blocks."""

    def __init__(self) -> None:
        self.system: list[str] = []
        self.messages: list[JsonObject] = []

    def hear_turn(self, turn: Turn) -> None:
        for message in turn.messages:
            if message.role == "system":
                self.system.append(message.content)
            else:
                self._say("user", message.content)

    def hear_reply(self, turn: Turn, reply: Reply) -> None:
        if not reply.calls:
            # An empty message is refused; a space is not.
            self._say("assistant", reply.text or " ")
            return
        ids = [call.id or f"toolu_{n}" for n, call in enumerate(reply.calls)]
        blocks: list[JsonObject] = []
        if reply.text:
            blocks.append({"type": "text", "text": reply.text})
        for call_id, call in zip(ids, reply.calls, strict=True):
            use = {
                "type": "tool_use",
                "id": call_id,
                "name": call.name or "",
                "input": _input(call),
            }
            blocks.append(use)
        self._say("assistant", blocks)
        results = zip_longest(ids, turn.results[: len(ids)], fillvalue="")
        self._say(
            "user",
            [{"type": "tool_result", "tool_use_id": i, "content": result} for i, result in results],
        )

    def _say(self, role: str, content: str | list[JsonObject]) -> None:
        if self.messages and self.messages[-1]["role"] == role:
            last = self.messages[-1]
            last["content"] = _blocks(last["content"]) + _blocks(content)
        else:
            self.messages.append({"role": role, "content": content})


def _blocks(content: str | list[JsonObject]) -> list[JsonObject]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _input(call: ToolCall) -> JsonObject:
    """Return the call's arguments where they are an object that can be sent again."""
    if call.arguments_raw is None:
        return call.arguments if isinstance(call.arguments, dict) else {}
    try:
        document = strictjson.parse(call.arguments_raw)
    except strictjson.JsonError:
        return {}
    sendable = all(issue.kind != "nonfinite" for issue in document.issues)
    return document.value if sendable and isinstance(document.value, dict) else {}


def _tool(tool: Tool) -> JsonObject:
    offered: JsonObject = {
        "name": tool.name,
        "description": tool.description,
        "input_schema": tool.parameters,
    }
    if tool.strict:
        offered["strict"] = True
    return offered


def _tool_choice(turn: Turn) -> JsonObject:
    choice: JsonObject = {"type": "any" if turn.tool_choice == "required" else turn.tool_choice}
    if turn.tool_choice.startswith("tool:"):
        choice = {"type": "tool", "name": turn.tool_choice.removeprefix("tool:")}
    if turn.parallel is not None and turn.tool_choice != "none":
        choice["disable_parallel_tool_use"] = not turn.parallel
    return choice


# --- decode


def decode(attempt: Attempt, *, stream: bool) -> Reply:
    """See WireFormat.decode."""
    return decode_with(
        attempt, api=name, stream=stream, key="content", plain=_plain, streamed=_streamed
    )


def _plain(root: JsonObject, notes: Notes) -> Reply:
    content = root["content"]
    if isinstance(content, str):
        notes.add("bad-field", "$.content", "content is a string, not an array of blocks")
        content = [{"type": "text", "text": content}]
    elif not isinstance(content, list):
        notes.add("bad-field", "$.content", f"content is {a_kind(content)}")
        content = []
    texts, thoughts, calls = list[str](), list[str](), list[ToolCall]()
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
    reason = checked_string(root, "stop_reason", "$", notes)
    return Reply(
        name,
        False,
        None,
        text="".join(texts),
        reasoning="".join(thoughts),
        calls=tuple(calls),
        finish_reason=reason,
        finish=_finish(reason),
        usage=_usage(root),
        model=string(root, "model"),
        error=root.get("error"),
        chunk_ids=ids_of(root),
    )


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
        self.ids: dict[str, None] = {}
        self.finish_reason: str | None = None
        self.usage = Usage()
        self.model: str | None = None
        self.error: Json = None
        self.ended = False

    def hear(self, number: int, kind: str, data: JsonObject) -> None:
        where = f"event {number}"
        match kind:
            case "message_start":
                message = self._object(data, "message", where)
                self.ids |= dict.fromkeys(ids_of(message))
                self.model = string(message, "model")
                self._count(message)
            case "content_block_start":
                self._open(number, data, where)
            case "content_block_delta":
                self._delta(number, data, where)
            case "content_block_stop":
                slot = self._slot(data, where)
                if slot in self.calls:
                    self.fragments.append(Fragment(number, "close", slot, keys=_present(data)))
            case "message_delta":
                delta = self._object(data, "delta", where)
                reason = checked_string(delta, "stop_reason", where, self.notes)
                self.finish_reason = reason or self.finish_reason
                self._count(data)
            case "message_stop":
                self.ended = True
            case "error":
                self.error = data.get("error", data)

    def _open(self, number: int, data: JsonObject, where: str) -> None:
        slot = self._slot(data, where)
        block = self._object(data, "content_block", where)
        if not _is_call(block, where, self.notes):
            self._say(block, where)
            return
        self.calls.add(slot)
        present = [("id", "id"), ("type", "type"), ("name", "name"), ("arguments", "input")]
        keys = tuple(ours for ours, theirs in present if theirs in block)
        self.fragments.append(
            Fragment(
                number,
                "open",
                slot,
                checked_string(block, "id", where, self.notes),
                checked_string(block, "name", where, self.notes),
                block.get("input"),
                _present(data) + keys,
                type=string(block, "type"),
            )
        )

    def _delta(self, number: int, data: JsonObject, where: str) -> None:
        slot = self._slot(data, where)
        delta = self._object(data, "delta", where)
        if delta.get("type") != "input_json_delta":
            self._say(delta, where)
            return
        if slot not in self.calls:
            self.notes.add("event-order", where, "arguments of a call that was never opened")
        keys = ("arguments",) if "partial_json" in delta else ()
        self.fragments.append(
            Fragment(
                number,
                "delta",
                slot,
                arguments=delta.get("partial_json"),
                keys=_present(data) + keys,
            )
        )

    def _say(self, block: JsonObject, where: str) -> None:
        match block.get("type"):
            case "text" | "text_delta":
                self.text.append(text_of(block, "text", where, self.notes))
            case "thinking" | "thinking_delta":
                self.reasoning.append(text_of(block, "thinking", where, self.notes))

    def _slot(self, data: JsonObject, where: str) -> int | None:
        slot = count(data.get("index"))
        if slot is None and data.get("index") is not None:
            self.notes.add("bad-field", where, f"a block's index is {a_kind(data['index'])}")
        return slot

    def _object(self, data: JsonObject, key: str, where: str) -> JsonObject:
        value = data.get(key)
        if isinstance(value, dict):
            return value
        self.notes.add("bad-field", where, f"{key} is {a_kind(value)}")
        return {}

    def _count(self, holder: JsonObject) -> None:
        new = _usage(holder) or Usage()
        self.usage = Usage(
            self.usage.input_tokens if new.input_tokens is None else new.input_tokens,
            self.usage.output_tokens if new.output_tokens is None else new.output_tokens,
        )


def _streamed(text: str, notes: Notes) -> Reply:
    heard = _Stream(notes)
    for number, event, data in stream_data(text, notes):
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
        name,
        True,
        None,
        text="".join(heard.text),
        reasoning="".join(heard.reasoning),
        fragments=tuple(heard.fragments),
        finish_reason=heard.finish_reason,
        finish=_finish(heard.finish_reason),
        usage=None if heard.usage == Usage() else heard.usage,
        model=heard.model,
        error=heard.error,
        ended=heard.ended,
        chunk_ids=tuple(heard.ids),
    )


def _present(data: JsonObject) -> tuple[str, ...]:
    return ("index",) if "index" in data else ()


_FINISHES: dict[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
}


def _finish(reason: str | None) -> Finish | None:
    return None if reason is None else _FINISHES.get(reason, "other")


def _usage(root: JsonObject) -> Usage | None:
    return usage_of(root.get("usage"), "input_tokens", "output_tokens")


# --- read_request


def read_request(body: JsonObject) -> Asked:
    """See WireFormat.read_request. Server tools (web search, …) have no schema to read."""
    choice = body.get("tool_choice")
    choice = choice if isinstance(choice, dict) else {}
    serial = choice.get("disable_parallel_tool_use")
    system = content_text(body.get("system"))
    return Asked(
        tools=tuple(
            tool_of(t, t["input_schema"])
            for t in objects(body.get("tools"))
            if isinstance(t.get("input_schema"), dict)
        ),
        messages=((Message("system", system),) if system else ())
        + tuple(_read_messages(body.get("messages"))),
        tool_choice=_read_choice(choice),
        parallel=not serial if isinstance(serial, bool) else None,
        max_tokens=count(body.get("max_tokens")),
        model=string(body, "model"),
        stream=body.get("stream") is True,
    )


def _read_choice(choice: JsonObject) -> str:
    match choice.get("type"):
        case "any":
            return "required"
        case "tool":
            return f"tool:{string(choice, 'name') or ''}"
        case "none":
            return "none"
        case _:
            return "auto"


def _read_messages(messages: Json) -> Iterator[Message]:
    for message in objects(messages):
        if message.get("role") == "user" and (text := content_text(message.get("content"))):
            yield Message("user", text)
