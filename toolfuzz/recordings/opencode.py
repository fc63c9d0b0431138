"""Sessions of opencode, as ``opencode export`` prints them: one document.

A step of the assistant is a reply; a call and its result are one part of it. Tools are not
described: they are known by their names, and by what the agent says of calls that it refuses.
Each reply is judged with what was said since the user's last words.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from toolfuzz.core.ask import Ask, Called, ToolResult
from toolfuzz.core.case import Json, JsonObject, Message, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.reply import ToolCall
from toolfuzz.formats.history import conversation, replied
from toolfuzz.formats.plan import Call
from toolfuzz.formats.reading import objects, string
from toolfuzz.recordings.head import Head
from toolfuzz.recordings.lines import json_value
from toolfuzz.recordings.recorded import MOST_BEFORE, BadEntry, Recorded, each, rebuilt
from toolfuzz.recordings.refused import by_effect

__all__ = ["read", "recognises"]

_BEGINNING = re.compile(r'\{\s*"info"\s*:\s*\{\s*"id"\s*:\s*"ses_')
_TITLE = "opencode"
_STOPS = {"stop": "stop", "tool-calls": "tool_calls", "length": "length"}
_INVALID = "invalid"
_UNREAD = re.compile(r"JSON parsing failed: Text: (.*)\.\nError message: ", re.S)
_AVAILABLE = re.compile(r"unavailable tool '[^']*'\. Available tools: ([^\n]*)\.$")


def recognises(head: Head) -> bool:
    """Whether a file is an exported session."""
    return _BEGINNING.match(head.text) is not None


def read(file: BinaryIO) -> Iterator[Recorded | BadEntry]:
    """Read the steps of a session, in their order; raises UsageError."""
    document = json_value(file.read())
    if not isinstance(document, dict):
        raise UsageError("the session is not a JSON object")
    return each(enumerate(_replies(document), 1), lambda found: found)


@dataclass(slots=True)
class _Made:
    """A call: what the model sent, as far as the agent kept it, and what came of it."""

    id: str | None
    name: str
    raw: str
    result: str
    schema: JsonObject | None = None


@dataclass(slots=True)
class _Step:
    """A reply of the model."""

    model: str
    text: str = ""
    calls: list[_Made] = field(default_factory=list)
    finish: str = ""


def _replies(session: JsonObject) -> Iterator[Recorded]:
    turns = list(_turns(session))
    names = _names([step for _, steps in turns for step in steps])
    for prompt, steps in turns:
        for n, step in enumerate(steps):
            before = steps[max(0, n - MOST_BEFORE) : n]
            refused = {call.name: call.schema for call in step.calls if call.schema}
            tools = tuple(
                Tool(name, None, refused.get(name, {}), declared=name in refused) for name in names
            )
            ask = Ask(step.model, tools, conversation(_said(prompt, before)))
            calls = [Call(call.name, {}, call.id, call.raw) for call in step.calls]
            yield rebuilt(_TITLE, "", ask, calls, step.text, finish=step.finish)


def _turns(session: JsonObject) -> Iterator[tuple[str, list[_Step]]]:
    """Yield each prompt with the steps that it led to."""
    prompt, steps = "", list[_Step]()
    for message in objects(session.get("messages")):
        info = message.get("info")
        info = info if isinstance(info, dict) else {}
        parts = objects(message.get("parts"))
        if info.get("role") == "user":
            yield prompt, steps
            prompt, steps = "".join(string(part, "text") or "" for part in parts), []
        elif info.get("role") == "assistant":
            steps += _steps(string(info, "modelID") or "", parts)
    yield prompt, steps


def _steps(model: str, parts: Sequence[JsonObject]) -> Iterator[_Step]:
    step: _Step | None = None
    for part in parts:
        match part:
            case {"type": "step-start"}:
                step = _Step(model)
            case {"type": "text", "text": str(text)} if step:
                step.text += text
            case {"type": "tool", "tool": str(name), "state": dict(state)} if step:
                step.calls.append(_made(name, string(part, "callID"), state))
            case {"type": "step-finish"} if step:
                step.finish = _STOPS.get(string(part, "reason") or "", "")
                yield step
                step = None


def _made(name: str, call_id: str | None, state: JsonObject) -> _Made:
    given = state.get("input")
    said = string(state, "error") or string(state, "output") or ""
    if name == _INVALID and isinstance(given, dict):
        unread = _UNREAD.search(string(given, "error") or "")
        # Of a call to a tool that isn't there the arguments are not kept.
        raw = unread[1] if unread else "{}"
        return _Made(call_id, string(given, "tool") or "", raw, said)
    schema = by_effect(said, given) if state.get("status") == "error" else None
    return _Made(call_id, name, _spelled(given), said, schema)


def _names(steps: Sequence[_Step]) -> list[str]:
    """Return the tools that the agent named once, else those that were called."""
    calls = [call for step in steps for call in step.calls]
    for call in calls:
        if available := _AVAILABLE.search(call.result):
            return [name for name in available[1].split(", ") if name != _INVALID]
    return sorted({call.name for call in calls})


def _said(prompt: str, steps: Sequence[_Step]) -> Iterator[Message | Called | ToolResult]:
    if prompt:
        yield Message("user", prompt)
    for step in steps:
        yield replied(step.text, [ToolCall(c.id, c.name, c.raw) for c in step.calls])
        for call in step.calls:
            yield ToolResult(call.id, call.name, call.result)


def _spelled(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
