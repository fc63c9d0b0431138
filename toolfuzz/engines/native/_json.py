"""Formats that carry the arguments as one JSON object between markers."""

import re
from collections.abc import Iterable, Sequence

from toolfuzz.core.case import ExpectedCall, JsonObject
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, load

__all__ = ["check_names", "framed", "object_of"]


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


def check_names(calls: Sequence[ExpectedCall], allowed: str) -> None:
    """Raise NotExpressible unless every tool name consists of ``allowed`` (a character class)."""
    for call in calls:
        if not re.fullmatch(f"[{allowed}]+", call.tool):
            raise NotExpressible(f"the format has no place for the tool name {call.tool!r}")
