"""How a turn is put into words, and beside each renderer the reader that takes it apart again.

``read(render(probe, tools, calls), tools) == list(calls)`` for every probe and every JSON value
without lone surrogates. The readers are what an endpoint with perfect understanding does; the
simulator answers with them. Standard library only.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from toolfuzz.core.case import ExpectedCall, Message, Tool
from toolfuzz.generate.names import TASKS

__all__ = ["ABSTAIN_TEXTS", "can_choose", "pattern", "purpose", "read", "render"]

Calls = Sequence[ExpectedCall]


def render(
    probe: str, tools: Sequence[Tool], calls: Calls, *, variant: int = 0
) -> tuple[Message, ...]:
    """Return the messages that ask for ``calls`` (none for ``abstain``) in the probe's words.

    ``variant`` picks one of several wordings where a probe has them. Raises KeyError for an
    unknown probe.
    """
    return (Message("user", _WORDINGS[probe].render(tools, calls, variant)),)


def read(messages: Sequence[Message], tools: Sequence[Tool]) -> list[ExpectedCall] | None:
    """Return the calls that the last user message asks for; None when it is not one of ours.

    An empty list means that no call is right. Never raises, whatever the text is.
    """
    text = next((m.content for m in reversed(messages) if m.role == "user"), "")
    for wording in _WORDINGS.values():
        try:
            calls = wording.read(text, tools)
        except (ValueError, StopIteration, RecursionError):
            continue
        if calls is not None:
            return calls
    return None


# echo: one call, its arguments as JSON

_ECHO = (
    "Call the tool {name} once, with exactly these arguments. "
    "Copy every value unchanged, character by character, and keep its JSON type.\n\n{arguments}"
)


def _echo(tools: Sequence[Tool], calls: Calls, variant: int) -> str:
    (call,) = calls
    return _ECHO.format(name=_json(call.tool), arguments=_json(call.arguments))


def _read_echo(text: str, tools: Sequence[Tool]) -> list[ExpectedCall] | None:
    match = pattern(_ECHO).fullmatch(text)
    if match is None:
        return None
    return [ExpectedCall(_text(match["name"]), _object(match["arguments"]))]


# describe: the same values in words, one line a value

_DESCRIBE = (
    "Please use the tool {name} once. Its arguments, in words (text is quoted as in JSON, "
    "so \\n inside the quotes is a line break):\n\n{arguments}"
)
_NO_ARGUMENTS = "- no arguments at all"
_CHILDREN = re.compile(r"(an object with|a list of) (\d+) (?:entry|entries|item|items):")
_WORDS: dict[str, Any] = {
    "null (nothing)": None,
    "true (yes)": True,
    "false (no)": False,
}


def _describe(tools: Sequence[Tool], calls: Calls, variant: int) -> str:
    (call,) = calls
    lines = [
        line for key, item in call.arguments.items() for line in _lines(_json(key), item, "- ")
    ]
    return _DESCRIBE.format(
        name=_json(call.tool), arguments="\n".join(lines) if lines else _NO_ARGUMENTS
    )


def _lines(label: str, value: Any, bullet: str) -> Iterator[str]:
    yield f"{bullet}{label}: {_words(value)}"
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _lines(_json(key), item, "  " + bullet)
    elif isinstance(value, list):
        for n, item in enumerate(value, 1):
            yield from _lines(f"item {n}", item, "  " + bullet)


def _words(value: Any) -> str:
    match value:
        case None:
            return "null (nothing)"
        case bool():
            return "true (yes)" if value else "false (no)"
        case str():
            return f"the text {_json(value)}"
        case int() | float():
            return f"the number {_json(value)}"
        case dict():
            return _count("an object with", len(value), "entry", "entries", "an empty object")
        case _:
            return _count("a list of", len(value), "item", "items", "an empty list")


def _count(start: str, n: int, one: str, many: str, empty: str) -> str:
    return f"{start} {n} {one if n == 1 else many}:" if n else empty


def _read_describe(text: str, tools: Sequence[Tool]) -> list[ExpectedCall] | None:
    match = pattern(_DESCRIBE).fullmatch(text)
    if match is None:
        return None
    lines = iter(match["arguments"].split("\n"))
    arguments: dict[str, Any] = {}
    if match["arguments"] != _NO_ARGUMENTS:
        for line in lines:
            label, value = _entry(line, lines)
            arguments[_text(label)] = value
    return [ExpectedCall(_text(match["name"]), arguments)]


def _entry(line: str, rest: Iterator[str]) -> tuple[str, Any]:
    line = line.lstrip(" ").removeprefix("- ")
    end = json.JSONDecoder().raw_decode(line)[1] if line[:1] == '"' else line.index(":")
    label, words = line[:end], line[end:].removeprefix(": ")
    return label, _value(words, rest)


def _value(words: str, rest: Iterator[str]) -> Any:
    if words in _WORDS:
        return _WORDS[words]
    if words == "an empty object":
        return {}
    if words == "an empty list":
        return []
    if match := _CHILDREN.fullmatch(words):
        entries = [_entry(next(rest), rest) for _ in range(int(match[2]))]
        if match[1] == "a list of":
            return [item for _, item in entries]
        return {_text(label): item for label, item in entries}
    if words.startswith("the text "):
        return _text(words.removeprefix("the text "))
    if words.startswith("the number "):
        return json.loads(words.removeprefix("the number "))
    raise ValueError(words)


# batch: several calls in one turn, numbered

_BATCH = (
    "Make these {count} tool calls now, all in one turn and each exactly once, "
    "with exactly these arguments:\n\n{calls}"
)
_NUMBERED = re.compile(r'\d+\. ("(?:[^"\\]|\\.)*") with (.*)', re.DOTALL)


def _batch(tools: Sequence[Tool], calls: Calls, variant: int) -> str:
    numbered = [f"{n}. {_json(c.tool)} with {_json(c.arguments)}" for n, c in enumerate(calls, 1)]
    return _BATCH.format(count=len(calls), calls="\n".join(numbered))


def _read_batch(text: str, tools: Sequence[Tool]) -> list[ExpectedCall] | None:
    match = pattern(_BATCH).fullmatch(text)
    if match is None:
        return None
    calls = []
    for line in match["calls"].split("\n"):
        numbered = _NUMBERED.fullmatch(line)
        if numbered is None:
            return None
        calls.append(ExpectedCall(_text(numbered[1]), _object(numbered[2])))
    return calls


# choose: the tool is told by what it does, not by its name

_CHOOSE = (
    "Exactly one of your tools is the right one for this job, the others only look like it. "
    "{purpose}\n\nCall that tool once, with exactly these arguments:\n\n{arguments}"
)


def purpose(tool: Tool) -> str:
    """Return the job that only this tool does: our own wording, or its description's start."""
    description = (tool.description or "").strip()
    task = TASKS.get(description)
    if task:
        return f"The job: {task}"
    start = re.split(r"(?<=[.!?。])\s|\n", description, maxsplit=1)[0]
    return f"It is the one that is described like this: {_json(start[:300])}"


def can_choose(name: str, tools: Sequence[Tool]) -> bool:
    """Whether ``name`` can be told from the other tools by its description alone, unnamed."""
    tool = next(t for t in tools if t.name == name)
    told = purpose(tool)
    others = sum(purpose(t) == told for t in tools)
    return (
        len(tools) > 1
        and bool((tool.description or "").strip())
        and others == 1
        and name not in told
    )


def _choose(tools: Sequence[Tool], calls: Calls, variant: int) -> str:
    (call,) = calls
    tool = next(t for t in tools if t.name == call.tool)
    return _CHOOSE.format(purpose=purpose(tool), arguments=_json(call.arguments))


def _read_choose(text: str, tools: Sequence[Tool]) -> list[ExpectedCall] | None:
    match = pattern(_CHOOSE).fullmatch(text)
    if match is None:
        return None
    fitting = [t for t in tools if purpose(t) == match["purpose"]]
    if len(fitting) != 1:
        return None
    return [ExpectedCall(fitting[0].name, _object(match["arguments"]))]


# abstain: no call is right

ABSTAIN_TEXTS = (
    "Do not call any tool. Just answer in one word: which colour do you get from blue and yellow?",
    "Write a two-line rhyme about rain. This needs no tool; please reply in plain text.",
    "Without using any of the tools, tell me in one sentence why the sky looks blue.",
    "Please don't act yet and call nothing: only say that you are ready.",
    "Thank you, that was all. There is nothing left to do, so no tool call please.",
    "Give me a synonym of the word 'quick'. Answer directly, no tool has anything to do with it.",
    "How many sides has a hexagon? Reply with the number as plain text and call no tool.",
    "I only want to chat for a moment, so leave the tools alone: how would you greet a friend?",
)
"""Requests that no tool serves; each also says so, because a user's tool might serve anything."""


def _abstain(tools: Sequence[Tool], calls: Calls, variant: int) -> str:
    return ABSTAIN_TEXTS[variant % len(ABSTAIN_TEXTS)]


def _read_abstain(text: str, tools: Sequence[Tool]) -> list[ExpectedCall] | None:
    return [] if text in ABSTAIN_TEXTS else None


@dataclass(frozen=True, slots=True)
class _Wording:
    render: Callable[[Sequence[Tool], Calls, int], str]
    read: Callable[[str, Sequence[Tool]], list[ExpectedCall] | None]


_WORDINGS = {
    "echo": _Wording(_echo, _read_echo),
    "describe": _Wording(_describe, _read_describe),
    "batch": _Wording(_batch, _read_batch),
    "choose": _Wording(_choose, _read_choose),
    "abstain": _Wording(_abstain, _read_abstain),
}


@cache
def pattern(template: str) -> re.Pattern[str]:
    """Turn a template into the pattern of its renderings; the last field takes all the rest."""
    fixed = re.escape(template)
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", fixed), re.DOTALL)


_json = json.JSONEncoder(ensure_ascii=False).encode


def _text(token: str) -> str:
    value = json.loads(token)
    if not isinstance(value, str):
        raise ValueError(token)
    return value


def _object(token: str) -> dict[str, Any]:
    value = json.loads(token)
    if not isinstance(value, dict):
        raise ValueError(token)
    return value
