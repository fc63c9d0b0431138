"""Formats that carry the arguments as one JSON object between markers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, carries, dump, load

__all__ = ["OneCall", "check_names", "framed", "named_call", "object_of", "objects_of"]


def framed(text: str, pattern: re.Pattern[str], opening: str) -> Iterable[re.Match[str]]:
    """Yield the framed calls in order; raises UnreadableText if an ``opening`` is left over."""
    yield from pattern.finditer(text)
    if opening in pattern.sub("", text):
        raise UnreadableText(f"after {opening!r} the text does not follow the format")


def object_of(text: str) -> JsonObject:
    """Read a JSON object; raises UnreadableText for anything else."""
    value = load(text)
    if not isinstance(value, dict):
        raise UnreadableText("the arguments are no JSON object")
    return value


def objects_of(text: str) -> list[JsonObject]:
    """Read a JSON array of objects; raises UnreadableText for anything else."""
    value = load(text)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise UnreadableText("the calls are no JSON array of objects")
    return value


def named_call(item: JsonObject, key: str = "arguments") -> ExpectedCall:
    """Read ``{"name": …, "arguments": {…}}``; raises UnreadableText for anything else."""
    name, arguments = item.get("name"), item.get(key)
    if isinstance(name, str) and isinstance(arguments, dict):
        return ExpectedCall(name, arguments)
    raise UnreadableText(f"a call needs a name and an object of {key}")


def check_names(calls: Sequence[ExpectedCall], allowed: str) -> None:
    """Raise NotExpressible unless every tool name consists of ``allowed`` (a character class)."""
    for call in calls:
        if not re.fullmatch(f"[{allowed}]+", call.tool):
            raise NotExpressible(f"the format has no place for the tool name {call.tool!r}")


@dataclass(frozen=True, slots=True)
class OneCall:
    """A format with one call a reply: an opening, then an object of name and arguments.

    ``end`` is the stop token that may follow.
    """

    opening: str
    end: str
    markers: tuple[str, ...]

    def render(self, calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
        """Write the call; raises NotExpressible."""
        carries(self.markers, calls)
        if len(calls) > 1:
            raise NotExpressible("the chat template writes one call a reply")
        objects = (dump({"name": call.tool, "arguments": call.arguments}) for call in calls)
        return "".join(f"{self.opening}{text}" for text in objects)

    def read(self, text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
        """Read the call of the text; raises UnreadableText."""
        _, opening, call = text.partition(self.opening)
        call = call.partition(self.end)[0]
        return [named_call(object_of(call))] if opening else []
