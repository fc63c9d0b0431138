"""Formats that carry the arguments as one JSON object between markers."""

import re
from collections.abc import Iterable, Sequence

from toolfuzz.core.case import ExpectedCall, JsonObject
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, load

__all__ = ["check_names", "framed", "named_call", "object_of", "objects_of"]


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


def named_call(item: JsonObject) -> ExpectedCall:
    """Read ``{"name": …, "arguments": {…}}``; raises UnreadableText for anything else."""
    match item:
        case {"name": str(name), "arguments": dict(arguments)}:
            return ExpectedCall(name, arguments)
    raise UnreadableText("a call needs a name and an arguments object")


def check_names(calls: Sequence[ExpectedCall], allowed: str) -> None:
    """Raise NotExpressible unless every tool name consists of ``allowed`` (a character class)."""
    for call in calls:
        if not re.fullmatch(f"[{allowed}]+", call.tool):
            raise NotExpressible(f"the format has no place for the tool name {call.tool!r}")
