"""OpenAI Responses: https://platform.openai.com/docs/api-reference/responses."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Literal

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Case, Json, JsonObject, Message, Tool, Turn
from toolfuzz.core.exchange import Attempt, Target
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Finish, Fragment, Reply, ToolCall
from toolfuzz.formats import Asked
from toolfuzz.formats.reading import (
    Notes,
    checked_string,
    count,
    decode_with,
    ids_of,
    objects,
    spoken,
    stream_data,
    string,
    text_of,
    tool_of,
    usage_of,
)

FragmentKind = Literal["delta", "open", "done", "close", "final"]

name = "openai-responses"
path = "/responses"


def headers(key: str | None) -> dict[str, str]:
    """Return the bearer header."""
    return {"authorization": f"Bearer {key}"} if key else {}


# --- encode


def encode(
    case: Case,
    turn: int,
    target: Target,
    *,
    stream: bool,
    history: Sequence[tuple[Turn, Reply]] = (),
) -> JsonObject:
    """See WireFormat.encode. ``strict`` is always sent: the service takes its absence as true."""
    asked = case.turns[turn]
    items: list[JsonObject] = []
    for earlier, reply in history:
        items += _scripted(earlier)
        items += _replayed(earlier, reply)
    body: JsonObject = {"model": target.model, "input": items + _scripted(asked)}
    if case.tools:
        body["tools"] = [_tool(tool) for tool in case.tools]
        if asked.tool_choice != "auto":
            body["tool_choice"] = _tool_choice(asked.tool_choice)
        if asked.parallel is not None:
            body["parallel_tool_calls"] = asked.parallel
    if stream:
        body["stream"] = True
    return body | target.params


def _tool(tool: Tool) -> JsonObject:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": tool.strict,
    }


def _tool_choice(choice: str) -> Json:
    if choice.startswith("tool:"):
        return {"type": "function", "name": choice.removeprefix("tool:")}
    return choice


def _scripted(turn: Turn) -> list[JsonObject]:
    return [{"role": m.role, "content": m.content} for m in turn.messages]


def _replayed(turn: Turn, reply: Reply) -> Iterator[JsonObject]:
    if reply.text or not reply.calls:
        yield {"role": "assistant", "content": reply.text}
    ids = [call.id or f"call_{n}" for n, call in enumerate(reply.calls)]
    for call_id, call in zip(ids, reply.calls, strict=True):
        raw = call.arguments_raw
        if raw is None:
            raw = strictjson.dumps(call.arguments) if call.arguments is not None else "{}"
        yield {
            "type": "function_call",
            "call_id": call_id,
            "name": call.name or "",
            "arguments": raw,
        }
    for call_id, result in zip_longest(ids, turn.results[: len(ids)], fillvalue=""):
        yield {"type": "function_call_output", "call_id": call_id, "output": result}


# --- decode


def decode(attempt: Attempt, *, stream: bool) -> Reply:
    """See WireFormat.decode."""
    return decode_with(
        attempt, api=name, stream=stream, key="output", plain=_plain, streamed=_streamed
    )


def _plain(root: JsonObject, notes: Notes) -> Reply:
    output = root.get("output")
    if not isinstance(output, list):
        notes.add("bad-field", "$.output", f"output is {a_kind(output)}")
        output = []
    texts, thoughts, refusals = list[str](), list[str](), list[str]()
    calls: list[ToolCall] = []
    for n, item in enumerate(output):
        where = f"$.output[{n}]"
        if not isinstance(item, dict):
            notes.add("bad-field", where, f"an item is {a_kind(item)}")
        elif _is_call(item, where, notes):
            calls.append(_call(item, where, notes))
        elif item.get("type") == "message":
            _read_message(item, where, texts, refusals, notes)
        elif item.get("type") == "reasoning":
            for part in objects(item.get("summary")) + objects(item.get("content")):
                thoughts.append(text_of(part, "text", where, notes))
    reason, finish = _ending(root, called=bool(calls), refused=bool(refusals))
    return Reply(
        name,
        False,
        None,
        text="".join(texts or refusals),
        reasoning="".join(thoughts),
        calls=tuple(calls),
        finish_reason=reason,
        finish=finish,
        usage=usage_of(root.get("usage"), "input_tokens", "output_tokens"),
        model=string(root, "model"),
        error=root.get("error"),
        chunk_ids=ids_of(root),
    )


def _read_message(
    item: JsonObject, where: str, texts: list[str], refusals: list[str], notes: Notes
) -> None:
    content = item.get("content")
    if not isinstance(content, list):
        texts.append(text_of(item, "content", where, notes))
        notes.add("bad-field", f"{where}.content", f"content is {a_kind(content)}")
    for part in objects(content):
        if part.get("type") == "refusal":
            refusals.append(text_of(part, "refusal", where, notes))
        else:
            texts.append(text_of(part, "text", where, notes))


def _is_call(item: JsonObject, where: str, notes: Notes) -> bool:
    kind = item.get("type")
    if kind == "function_call":
        return True
    if kind in (None, "function", "tool_call", "tool_use", "custom_tool_call") and "name" in item:
        notes.add("call-type", where, f"type is {kind!r}, not 'function_call'")
        return True
    return False


def _call(item: JsonObject, where: str, notes: Notes) -> ToolCall:
    arguments = item.get("arguments")
    raw = arguments if isinstance(arguments, str) else None
    return ToolCall(
        checked_string(item, "call_id", where, notes),
        checked_string(item, "name", where, notes),
        raw,
        arguments if raw is None else None,
        "arguments" in item,
        where,
    )


def _ending(root: JsonObject, *, called: bool, refused: bool) -> tuple[str | None, Finish | None]:
    """Return the raw word (status, or the reason of an incomplete reply) and its meaning."""
    status = string(root, "status")
    details = root.get("incomplete_details")
    reason = string(details, "reason") if isinstance(details, dict) else None
    match status, reason:
        case (None, _):
            return None, None
        case ("completed", _):
            return status, "refusal" if refused else "tool_calls" if called else "stop"
        case ("incomplete", "max_output_tokens"):
            return reason, "length"
        case ("incomplete", "content_filter"):
            return reason, "refusal"
        case _:
            return reason or status, "other"


_ENDS = ("response.completed", "response.incomplete", "response.failed")


class _Stream:
    """What has been heard of a stream so far."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.refusal: list[str] = []
        self.fragments: list[Fragment] = []
        self.opened: set[str | int | None] = set()
        self.ids: dict[str, None] = {}
        self.last: Reply | None = None
        self.model: str | None = None
        self.error: Json = None

    def hear(self, number: int, kind: str, data: JsonObject) -> None:
        where = f"event {number}"
        match kind:
            case "response.output_text.delta":
                self.text.append(text_of(data, "delta", where, self.notes))
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                self.reasoning.append(text_of(data, "delta", where, self.notes))
            case "response.refusal.delta":
                self.refusal.append(text_of(data, "delta", where, self.notes))
            case "response.function_call_arguments.delta":
                if not self.opened & {string(data, "item_id"), count(data.get("output_index"))}:
                    self.notes.add("event-order", where, "arguments of a call never opened")
                self._arguments(number, "delta", data, "delta")
            case "response.function_call_arguments.done":
                self._arguments(number, "done", data, "arguments")
            case "response.output_item.added":
                self._item(number, "open", data, where)
            case "response.output_item.done":
                self._item(number, "close", data, where)
            case "error":
                self.error = data.get("error") or data
            case _ if isinstance(response := data.get("response"), dict):
                self._response(number, kind, response)

    def _response(self, number: int, kind: str, response: JsonObject) -> None:
        self.ids |= dict.fromkeys(ids_of(response))
        self.model = string(response, "model") or self.model
        if kind not in _ENDS:
            return
        if response.get("output") is None:
            response = {**response, "output": []}
        self.last = _plain(response, self.notes)
        self.error = response.get("error") or self.error
        for slot, item in enumerate(objects(response["output"])):
            if item.get("type") == "function_call":
                self.fragments.append(_fragment(number, "final", slot, item, ()))

    def _item(self, number: int, kind: FragmentKind, data: JsonObject, where: str) -> None:
        item = data.get("item")
        if not isinstance(item, dict):
            self.notes.add("bad-field", where, f"item is {a_kind(item)}")
            return
        if not _is_call(item, where, self.notes):
            return
        slot = count(data.get("output_index"))
        if slot is None and data.get("output_index") is not None:
            self.notes.add("bad-field", where, "output_index is no whole number")
        self.opened |= {string(item, "id"), slot} - {None}
        keys = ("index",) if "output_index" in data else ()
        self.fragments.append(_fragment(number, kind, slot, item, keys))

    def _arguments(self, number: int, kind: FragmentKind, data: JsonObject, key: str) -> None:
        keys = ["index"] if "output_index" in data else []
        keys += ["name"] if "name" in data else []
        keys += ["arguments"] if key in data else []
        self.fragments.append(
            Fragment(
                number,
                kind,
                count(data.get("output_index")),
                name=string(data, "name"),
                arguments=data.get(key),
                keys=tuple(keys),
                item_id=string(data, "item_id"),
            )
        )


def _fragment(
    number: int, kind: FragmentKind, slot: int | None, item: JsonObject, keys: tuple[str, ...]
) -> Fragment:
    present = [("id", "call_id"), ("type", "type"), ("name", "name"), ("arguments", "arguments")]
    return Fragment(
        number,
        kind,
        slot,
        string(item, "call_id"),
        string(item, "name"),
        item.get("arguments"),
        (*keys, *(ours for ours, theirs in present if theirs in item)),
        string(item, "id"),
        string(item, "type"),
    )


def _streamed(text: str, notes: Notes) -> Reply:
    heard = _Stream(notes)
    for number, event, data in stream_data(text, notes):
        if isinstance(data, str):
            continue  # some servers close with [DONE] as in chat completions
        kind = string(data, "type")
        if kind is None:
            notes.add("bad-field", f"event {number}", "an event without a type")
        if heard.last is not None:
            notes.add("event-order", f"event {number}", "an event after the end of the response")
        heard.hear(number, kind or event, data)
    last = heard.last or Reply(name, True, None)
    finish = last.finish
    if finish == "stop" and heard.fragments:
        finish = "tool_calls"
    return replace(
        last,
        text="".join(heard.text) or last.text or "".join(heard.refusal),
        reasoning="".join(heard.reasoning) or last.reasoning,
        calls=(),
        fragments=tuple(heard.fragments),
        finish=finish,
        model=heard.model,
        error=heard.error,
        ended=heard.last is not None,
        chunk_ids=tuple(heard.ids),
    )


# --- read_request


def read_request(body: JsonObject) -> Asked:
    """See WireFormat.read_request. ``instructions`` count as a system message."""
    choice = body.get("tool_choice", "auto")
    if isinstance(choice, dict):
        choice = f"tool:{string(choice, 'name') or ''}"
    parallel = body.get("parallel_tool_calls")
    tools = [t for t in objects(body.get("tools")) if t.get("type") == "function"]
    return Asked(
        tools=tuple(tool_of(t, t.get("parameters")) for t in tools),
        messages=tuple(_read_messages(body)),
        tool_choice=choice if isinstance(choice, str) else "auto",
        parallel=parallel if isinstance(parallel, bool) else None,
        max_tokens=count(body.get("max_output_tokens")),
        model=string(body, "model"),
        stream=body.get("stream") is True,
    )


def _read_messages(body: JsonObject) -> Iterator[Message]:
    if instructions := string(body, "instructions"):
        yield Message("system", instructions)
    asked = body.get("input")
    if isinstance(asked, str):
        yield Message("user", asked)
    for item in objects(asked):
        yield from spoken(item.get("role"), item.get("content"))
