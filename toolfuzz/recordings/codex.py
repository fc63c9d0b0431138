"""Session files of Codex (``~/.codex/sessions/**/rollout-*.jsonl``).

Its lines hold the items of OpenAI Responses as they were sent and came, and in the newer way of
offering tools (``additional_tools``) their schemas too. Else tools are known by their names, and by
what the agent says of arguments that it can't read. Each reply is judged with what was said since
the user's last words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import BinaryIO

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.formats import wire_format
from toolfuzz.formats.reading import content_text, objects, string
from toolfuzz.formats.routes import format_at
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.recorded import MOST_BEFORE, BadEntry, Recorded, lines_into, read_exchange
from toolfuzz.recordings.refused import by_serde

__all__ = ["read", "recognises"]

_TITLE = "Codex"
_CALLS = {"function_call": "function", "custom_tool_call": "custom"}
_COMPACTED: JsonObject = {"type": "compaction"}
_UNREAD = "failed to parse function arguments: "


def recognises(head: Head) -> bool:
    """Whether a file is a session of Codex."""
    match head.first:
        case {"type": "session_meta", "payload": dict()}:
            return True
    return False


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the replies of a session, in their order."""
    session = _Session()
    yield from lines_into(file, session.add)
    yield from session.replies()


@dataclass(frozen=True, slots=True)
class _Item:
    """An item, with the number of its line; ``is_new``: it came from the model just then."""

    number: int
    data: JsonObject
    is_new: bool


class _Session:
    """The items of a session, and the model that was asked."""

    def __init__(self) -> None:
        self._items: list[_Item] = []
        self._model = ""
        self._outputs: dict[str, str] = {}

    def add(self, number: int, line: Json) -> None:
        match line:
            case {"type": "response_item", "payload": {"type": str()} as item}:
                self._items.append(_Item(number, item, _is_reply(item)))
                if (call_id := string(item, "call_id")) and "output" in item:
                    self._outputs[call_id] = content_text(item["output"])
            case {"type": "compacted", "payload": {"replacement_history": [*kept]}}:
                self._items.append(_Item(number, _COMPACTED, False))
                self._items += (_Item(number, item, False) for item in objects(kept))
            case {"type": "turn_context", "payload": {"model": str(model)}}:
                self._model = model

    def replies(self) -> Iterator[Recorded]:
        """Yield the replies, each a row of items that came from the model."""
        called, there = self._called()
        offers, prompt, said = list[JsonObject](), list[JsonObject](), list[list[JsonObject]]()
        for is_new, row in groupby(self._items, key=lambda item: item.is_new):
            items = list(row)
            data = [item.data for item in items]
            if is_new:
                before = [*offers, *prompt, *chain.from_iterable(said)]
                yield self._exchange(items[0].number, before, data, called, there)
            offers += (item for item in data if "tools" in item)
            rest = [item for item in data if "tools" not in item]
            if any(item.get("role") == "user" or item is _COMPACTED for item in rest):
                prompt, said = rest, []
            elif rest:
                # A reply and what answers it: two rows.
                said = [*said, rest][-2 * MOST_BEFORE :]

    def _exchange(
        self,
        number: int,
        said: list[JsonObject],
        reply: list[JsonObject],
        called: dict[str, str],
        there: set[str],
    ) -> Recorded:
        format = wire_format(format_at("/responses"))
        known = {tool.name for tool in format.read_request({"input": said}).tools}
        names = (there - known) if there or known else called.keys()
        tools = [self._tool(name, called[name], reply) for name in sorted(names)]
        request = {"model": self._model, "input": said, "tools": tools}
        answer = {"object": "response", "status": "completed", "output": reply}
        found = read_exchange("", format.name, request, answer)
        return replace(found, id=str(number), number=number, rebuilt_from=_TITLE)

    def _called(self) -> tuple[dict[str, str], set[str]]:
        """Return the names and kinds of what was called, and what the agent knew of it."""
        called, there = dict[str, str](), set[str]()
        for call in (item.data for item in self._items if item.data.get("type") in _CALLS):
            name = string(call, "name") or ""
            called[name] = _CALLS[call["type"]]
            if self._output(call) != f"unsupported call: {name}":
                there.add(name)
        return called, there

    def _tool(self, name: str, kind: str, reply: list[JsonObject]) -> JsonObject:
        """Return a tool with as much of its schema as a refusal of this reply's calls tells."""
        tool: JsonObject = {"type": kind, "name": name}
        for call in reply:
            said = self._output(call)
            if call.get("name") == name and said.startswith(_UNREAD):
                arguments = _loaded(string(call, "arguments") or "")
                if schema := by_serde(said.removeprefix(_UNREAD), arguments):
                    tool["parameters"] = schema
        return tool

    def _output(self, call: JsonObject) -> str:
        return self._outputs.get(string(call, "call_id") or "", "")


def _is_reply(item: JsonObject) -> bool:
    kind = item["type"]
    return kind == "reasoning" or kind.endswith("_call") or item.get("role") == "assistant"


def _loaded(text: str) -> Json:
    try:
        return strictjson.parse(text).value
    except strictjson.JsonError:
        return None
