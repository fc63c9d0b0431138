"""Session files of Claude Code (``~/.claude/projects/*/*.jsonl``).

A line is an event that names the one before it; those of a conversation hold Anthropic messages, a
reply's blocks one a line. Tools are not described: they are known by their names, and what a
refusal of the agent's says of a schema is known too. Each reply is judged with what was said since
the user's last prompt.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from toolfuzz.core.ask import Ask, Called, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats.history import conversation, replied
from toolfuzz.formats.plan import ABSENT, Call
from toolfuzz.formats.reading import content_text, objects, string
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.recorded import MOST_BEFORE, BadEntry, Recorded, lines_into, rebuilt
from toolfuzz.recordings.refused import by_zod

__all__ = ["read", "recognises"]

_TITLE = "Claude Code"
_FIRST = ("summary", "file-history-snapshot")
_STOPS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
}
_INVALID = "InputValidationError: "
_NOT_THERE = "Error: No such tool available: "
_NOT_SENT = "schema was not sent to the API"


def recognises(head: Head) -> bool:
    """Whether a file is a session of Claude Code."""
    match head.first:
        case {"type": str(), "sessionId": str()}:
            return True
        case {"type": str(kind)}:
            return kind in _FIRST
    return False


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the replies of a session, in the order in which they began."""
    session = _Session()
    yield from lines_into(file, session.add)
    yield from session.replies()


@dataclass(slots=True)
class _Reply:
    """A reply: the blocks of all lines that bear its message's id."""

    number: int
    parent: str | None
    model: str = ""
    blocks: list[JsonObject] = field(default_factory=list)
    stop: str = ""

    @property
    def uses(self) -> list[JsonObject]:
        return [block for block in self.blocks if block.get("type") == "tool_use"]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a tool said: the text that the model gets, and what the agent keeps for itself."""

    text: str
    told: str


class _Session:
    """The lines of a session by what they are, each with the one before it."""

    def __init__(self) -> None:
        self._parents: dict[str, str | None] = {}
        self._replies: dict[str, _Reply] = {}
        self._of_line: dict[str, str] = {}
        self._prompts: dict[str, str] = {}
        self._answers: dict[str, _Answer] = {}

    def add(self, number: int, line: Json) -> None:
        match line:
            case {"uuid": str(name)}:
                self._parents[name] = string(line, "parentUuid")
            case _:
                return
        match line:
            case {"type": "assistant", "isApiErrorMessage": True}:
                return
            case {"type": "assistant", "message": {"id": str(message_id), "content": [*blocks]}}:
                self._add_reply(number, name, message_id, line["message"], objects(blocks))
            case {"type": "user", "message": {"content": content}}:
                self._add_user(name, line, content)

    def _add_reply(
        self, number: int, name: str, message_id: str, message: JsonObject, blocks: list[JsonObject]
    ) -> None:
        parent = self._parents[name]
        reply = self._replies.setdefault(message_id, _Reply(number, parent))
        reply.blocks += blocks
        reply.model = string(message, "model") or reply.model
        reply.stop = string(message, "stop_reason") or reply.stop
        self._of_line[name] = message_id

    def _add_user(self, name: str, line: JsonObject, content: Json) -> None:
        results = [b for b in objects(content) if b.get("type") == "tool_result"]
        for block in results:
            told = string(line, "toolUseResult") or ""
            answer = _Answer(content_text(block.get("content")), told)
            self._answers[string(block, "tool_use_id") or ""] = answer
        if not results and line.get("isMeta") is not True:
            self._prompts[name] = content_text(content)

    def replies(self) -> Iterator[Recorded]:
        """Yield the replies; each may call what any of them called."""
        names = self._names()
        for message_id, reply in self._replies.items():
            tools = tuple(self._tool(name, reply) for name in names)
            ask = Ask(reply.model, tools, conversation(self._said(reply)))
            calls, finish = [_call(use) for use in reply.uses], _STOPS.get(reply.stop, "")
            found = rebuilt(_TITLE, message_id, ask, calls, _text(reply), finish=finish)
            yield replace(found, number=reply.number)

    def _names(self) -> list[str]:
        """Return the names of all that was called, but for what the agent never knew a tool of."""
        called, there = set[str](), set[str]()
        for use in (use for reply in self._replies.values() for use in reply.uses):
            name = string(use, "name") or ""
            answer = self._answers.get(string(use, "id") or "")
            called.add(name)
            if answer is None or answer.told != _NOT_THERE + name:
                there.add(name)
        return sorted(there or called)

    def _tool(self, name: str, reply: _Reply) -> Tool:
        """Return a tool with as much of its schema as the refusals of this reply's calls tell."""
        for use in reply.uses:
            answer = self._answers.get(string(use, "id") or "")
            if use.get("name") != name or answer is None or _NOT_SENT in answer.text:
                continue
            if answer.told.startswith(_INVALID):
                issues = _issues(answer.told.removeprefix(_INVALID))
                if schema := by_zod(issues, use.get("input")):
                    return Tool(name, None, schema)
        return Tool(name, None, {}, declared=False)

    def _said(self, reply: _Reply) -> Iterator[Message | Called | ToolResult]:
        """Yield what was said since the last prompt, the results of its calls behind each reply."""
        prompt, before = self._before(reply)
        if prompt is not None:
            yield Message("user", prompt)
        for said in before:
            yield replied(_text(said), [_told(use) for use in said.uses])
            for use in said.uses:
                call_id = string(use, "id")
                answer = self._answers.get(call_id or "")
                if answer is not None:
                    yield ToolResult(call_id, string(use, "name"), answer.text)

    def _before(self, reply: _Reply) -> tuple[str | None, list[_Reply]]:
        """Return the last prompt before a reply, and the replies in between."""
        before: dict[int, _Reply] = {}
        at, passed = reply.parent, set[str]()
        while at is not None and at not in passed and at not in self._prompts:
            passed.add(at)
            earlier = self._replies.get(self._of_line.get(at, ""))
            if earlier is not None and earlier is not reply:
                before[earlier.number] = earlier
            at = self._parents.get(at)
        return self._prompts.get(at or ""), list(reversed(before.values()))[-MOST_BEFORE:]


def _text(reply: _Reply) -> str:
    return "".join(string(block, "text") or "" for block in reply.blocks)


def _arguments(use: JsonObject) -> str:
    """Return the text of the arguments, as far as the agent has kept it."""
    match use.get("input"):
        case {"__unparsedToolInput": {"raw": str(raw)}}:
            return raw
        case value:
            return json.dumps(value, ensure_ascii=False)


def _call(use: JsonObject) -> Call:
    return Call(use.get("name", ABSENT), {}, use.get("id", ABSENT), _arguments(use))


def _told(use: JsonObject) -> ToolCall:
    return ToolCall(string(use, "id"), string(use, "name"), _arguments(use))


def _issues(told: str) -> Json:
    try:
        return json.loads(told)
    except (ValueError, RecursionError):
        return None
