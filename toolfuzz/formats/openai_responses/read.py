"""What a response, or the events of a streamed one, say."""

from collections.abc import Iterable

from msgspec.structs import replace

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import a_kind
from toolfuzz.core.reply import Finish, Fragment, Reply, ToolCall
from toolfuzz.formats.reading import (
    Event,
    Notes,
    checked_count,
    count,
    ids_of,
    keys_of,
    objects,
    string,
    text_of,
    usage_of,
)

from .items import (
    CALLS,
    FragmentKind,
    beside_calls,
    call_of,
    fragment_of,
    is_call,
    is_forgotten,
    read_message,
    reasoning_text,
)

__all__ = ["plain", "stream"]


def plain(root: JsonObject, notes: Notes) -> Reply:
    """Read the object of a body; see WireFormat."""
    output = root.get("output")
    if not isinstance(output, list):
        notes.add("bad-field", "$.output", f"output is {a_kind(output)}")
        output = []
    texts, refusals = list[str](), list[str]()
    calls: list[ToolCall] = []
    reasoning = [item for item in objects(output) if item.get("type") == "reasoning"]
    kept = root.get("store") is not False
    beside = beside_calls(item for item in objects(output) if kept or not is_forgotten(item))
    linked = bool(beside.extra)
    for n, item in enumerate(output):
        where = f"$.output[{n}]"
        if not isinstance(item, dict):
            notes.add("bad-field", where, f"an item is {a_kind(item)}")
        elif is_call(item, where, notes):
            calls.append(call_of(item, where, notes, linked))
        elif item.get("type") == "message":
            read_message(item, where, texts, refusals, notes)
    reason, finish = _ending(root, called=bool(calls), refused=bool(refusals))
    return Reply(
        "",
        False,
        None,
        text="".join(texts or refusals),
        reasoning="".join(map(reasoning_text, reasoning)),
        calls=tuple(calls),
        finish_reason=reason,
        finish=finish,
        usage=usage_of(root.get("usage"), "input_tokens", "output_tokens"),
        model=string(root, "model"),
        error=root.get("error"),
        chunk_ids=ids_of(root),
        extra=beside.extra,
        places=beside.places,
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


_INDEX = (("index", "output_index"),)
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
        self.items: list[JsonObject] = []
        self.linked = False
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
            case "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta":
                if not self.opened & {string(data, "item_id"), count(data.get("output_index"))}:
                    self.notes.add("event-order", where, "arguments of a call never opened")
                self._arguments(number, "delta", data, "delta")
            case "response.function_call_arguments.done":
                self._arguments(number, "done", data, "arguments")
            case "response.custom_tool_call_input.done":
                self._arguments(number, "done", data, "input")
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
        self.last = plain(response, self.notes)
        if not response["output"] and response.get("store") is not False:
            beside = beside_calls(self.items)
            self.last = replace(self.last, extra=beside.extra, places=beside.places)
        self.error = response.get("error") or self.error
        for slot, item in enumerate(objects(response["output"])):
            if item.get("type") in CALLS:
                self.fragments.append(fragment_of(number, "final", slot, item, (), self.linked))

    def _item(self, number: int, kind: FragmentKind, data: JsonObject, where: str) -> None:
        item = data.get("item")
        if not isinstance(item, dict):
            self.notes.add("bad-field", where, f"item is {a_kind(item)}")
            return
        self.linked = self.linked or item.get("type") == "reasoning"
        if kind == "close":
            self.items.append(item)
        if not is_call(item, where, self.notes):
            return
        slot = checked_count(data, "output_index", where, self.notes)
        self.opened |= {string(item, "id"), slot} - {None}
        linked = self.linked and kind == "close"
        self.fragments.append(fragment_of(number, kind, slot, item, keys_of(data, _INDEX), linked))

    def _arguments(self, number: int, kind: FragmentKind, data: JsonObject, key: str) -> None:
        names = [*_INDEX, ("name", "name"), ("arguments", key)]
        self.fragments.append(
            Fragment(
                number,
                kind,
                count(data.get("output_index")),
                name=string(data, "name"),
                arguments=data.get(key),
                keys=keys_of(data, names),
                item_id=string(data, "item_id"),
            )
        )


def stream(events: Iterable[Event], notes: Notes) -> Reply:
    """Read the events of a stream; see WireFormat."""
    heard = _Stream(notes)
    for number, event, data in events:
        if isinstance(data, str):
            continue  # some servers close with [DONE] as in chat completions
        kind = string(data, "type")
        if kind is None:
            notes.add("bad-field", f"event {number}", "an event without a type")
        if heard.last is not None:
            notes.add("event-order", f"event {number}", "an event after the end of the response")
        heard.hear(number, kind or event, data)
    last = heard.last or Reply("", True, None)
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
