"""What Gemma's models write: like JSON, with bare keys and strings in marks of their own.

Their chat templates sort the keys of every object, whatever their case.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, carries, dump, load
from toolfuzz.engines.native._json import check_names, framed

__all__ = ["Marks"]

_KEY = re.compile(r"[^:{}\[\],]+")
_PLAIN = re.compile(r"[^,{}\[\]]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """The tokens around a call, and the one at both ends of a string."""

    opening: str
    closing: str
    quote: str

    @property
    def all(self) -> tuple[str, ...]:
        """The family's markers."""
        return (self.opening, self.closing, self.quote)

    def render(self, calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
        """Write the calls; raises NotExpressible."""
        carries(self.all, calls)
        check_names(calls, r"^\s{")
        return "".join(
            f"{self.opening}call:{call.tool}{self._write(call.arguments)}{self.closing}"
            for call in calls
        )

    def _write(self, value: Any) -> str:
        match value:
            case dict():
                pairs = sorted(value.items(), key=lambda pair: pair[0].lower())
                texts = (f"{_key(key)}:{self._write(held)}" for key, held in pairs)
                return "{" + ",".join(texts) + "}"
            case list():
                return "[" + ",".join(map(self._write, value)) + "]"
            case str():
                return f"{self.quote}{value}{self.quote}"
        return dump(value)

    def read(self, text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
        """Read the calls of the text; raises UnreadableText."""
        opening, closing = re.escape(self.opening), re.escape(self.closing)
        whole = re.compile(rf"{opening}call:([^\s{{]+)(\{{.*?\}}){closing}", re.DOTALL)
        calls = []
        for match in framed(text, whole, self.opening):
            arguments, end = self._value(match[2], 0)
            if end != len(match[2]):
                raise UnreadableText("text behind the arguments")
            calls.append(ExpectedCall(match[1], arguments))
        return calls

    def _value(self, text: str, at: int) -> tuple[Any, int]:
        """Read the value that begins at a place; return it and where it ends."""
        if text.startswith("{", at):
            return self._members(text, at)
        if text.startswith("[", at):
            return self._items(text, at)
        if text.startswith(self.quote, at):
            begin = at + len(self.quote)
            end = text.find(self.quote, begin)
            if end < 0:
                raise UnreadableText("a string is not closed")
            return text[begin:end], end + len(self.quote)
        match = _PLAIN.match(text, at)
        if match is None:
            raise UnreadableText("a value is missing")
        return load(match[0]), match.end()

    def _members(self, text: str, at: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at += 1
        while not text.startswith("}", at):
            key = _KEY.match(text, at)
            if key is None or not text.startswith(":", key.end()):
                raise UnreadableText("a key is missing")
            found[key[0]], at = self._value(text, key.end() + 1)
            at = _next(text, at, "}")
        return found, at + 1

    def _items(self, text: str, at: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        at += 1
        while not text.startswith("]", at):
            item, at = self._value(text, at)
            found.append(item)
            at = _next(text, at, "]")
        return found, at + 1


def _key(key: str) -> str:
    if not _KEY.fullmatch(key) or key != key.strip():
        raise NotExpressible(f"the format has no place for the key {key!r}")
    return key


def _next(text: str, at: int, end: str) -> int:
    if text.startswith(",", at):
        return at + 1
    if not text.startswith(end, at):
        raise UnreadableText(f"{end!r} is missing")
    return at
