"""Gemma 4: calls whose arguments look like JSON, with bare keys and strings in marks of their own.

The chat template sorts the keys of every object, whatever their case.
"""

import re
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import (
    Family,
    NotExpressible,
    UnreadableText,
    carries,
    dump,
    load,
)
from toolfuzz.engines.native._json import check_names, framed

__all__ = ["FAMILY"]

_OPEN, _CLOSE, _QUOTE = "<|tool_call>", "<tool_call|>", '<|"|>'
_MARKERS = (_OPEN, _CLOSE, _QUOTE)
_CALL = re.compile(r"<\|tool_call>call:([^\s{]+)(\{.*?\})<tool_call\|>", re.DOTALL)
_KEY = re.compile(r"[^:{}\[\],]+")
_PLAIN = re.compile(r"[^,{}\[\]]+")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    check_names(calls, r"^\s{")
    return "".join(f"{_OPEN}call:{call.tool}{_write(call.arguments)}{_CLOSE}" for call in calls)


def _write(value: Any) -> str:
    match value:
        case dict():
            pairs = sorted(value.items(), key=lambda pair: pair[0].lower())
            return "{" + ",".join(f"{_key(key)}:{_write(held)}" for key, held in pairs) + "}"
        case list():
            return "[" + ",".join(map(_write, value)) + "]"
        case str():
            return f"{_QUOTE}{value}{_QUOTE}"
    return dump(value)


def _key(key: str) -> str:
    if not _KEY.fullmatch(key) or key != key.strip():
        raise NotExpressible(f"the format has no place for the key {key!r}")
    return key


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    calls = []
    for match in framed(text, _CALL, _OPEN):
        arguments, end = _value(match[2], 0)
        if end != len(match[2]):
            raise UnreadableText("text behind the arguments")
        calls.append(ExpectedCall(match[1], arguments))
    return calls


def _value(text: str, at: int) -> tuple[Any, int]:
    """Read the value that begins at a place; return it and where it ends."""
    if text.startswith("{", at):
        return _members(text, at)
    if text.startswith("[", at):
        return _items(text, at)
    if text.startswith(_QUOTE, at):
        end = text.find(_QUOTE, at + len(_QUOTE))
        if end < 0:
            raise UnreadableText("a string is not closed")
        return text[at + len(_QUOTE) : end], end + len(_QUOTE)
    match = _PLAIN.match(text, at)
    if match is None:
        raise UnreadableText("a value is missing")
    return load(match[0]), match.end()


def _members(text: str, at: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    at += 1
    while not text.startswith("}", at):
        key = _KEY.match(text, at)
        if key is None or not text.startswith(":", key.end()):
            raise UnreadableText("a key is missing")
        found[key[0]], at = _value(text, key.end() + 1)
        at = _next(text, at, "}")
    return found, at + 1


def _items(text: str, at: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    at += 1
    while not text.startswith("]", at):
        item, at = _value(text, at)
        found.append(item)
        at = _next(text, at, "]")
    return found, at + 1


def _next(text: str, at: int, end: str) -> int:
    if text.startswith(",", at):
        return at + 1
    if not text.startswith(end, at):
        raise UnreadableText(f"{end!r} is missing")
    return at


FAMILY = Family(
    name="gemma4",
    title="Gemma 4",
    source="https://huggingface.co/google/gemma-4-31B-it/blob/main/chat_template.jinja",
    parsers=("gemma4",),
    markers=_MARKERS,
    render=_render,
    read=_read,
)
