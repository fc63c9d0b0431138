"""Formats that write strings raw and everything else as JSON, without saying which it was.

``5`` may be a string or a number, and only the tool's schema can tell. Where the schema allows
both, a whole JSON object or array is read as such (a string that looks like one is rare), and for
anything shorter no reader can be right, so it is not expressible.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.jsonvalue import same
from toolfuzz.core.validation import errors, fits
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, dump, load

__all__ = ["check_unambiguous", "read_arguments", "write_value"]

_MOST_COMBINATIONS = 256


def write_value(value: Any) -> str:
    """Return a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else dump(value)


def read_arguments(texts: Mapping[str, str], tool: Tool | None) -> JsonObject:
    """Find for each text the reading (raw string or JSON) that the tool's schema accepts.

    Without a tool, or when no combination validates, text that is JSON is read as JSON.
    """
    readings = {key: _readings(text) for key, text in texts.items()}
    guess = {key: options[0] for key, options in readings.items()}
    if tool is None or all(len(options) == 1 for options in readings.values()):
        return guess
    for error in errors(tool.parameters, guess):
        if error.absolute_path:
            key = error.absolute_path[0]
            guess[key] = readings[key][-1]
    if fits(tool.parameters, guess):
        return guess
    combinations = product(*readings.values())
    for _, values in zip(range(_MOST_COMBINATIONS), combinations, strict=False):
        candidate = dict(zip(readings, values, strict=True))
        if fits(tool.parameters, candidate):
            return candidate
    return guess


def check_unambiguous(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> None:
    """Raise NotExpressible if a value's text has a second reading that the schema accepts too."""
    by_name = {tool.name: tool for tool in tools}
    for call in calls:
        tool = by_name.get(call.tool)
        for key, value in call.arguments.items():
            if isinstance(value, dict | list):
                continue
            for other in _readings(write_value(value)):
                if isinstance(other, str) == isinstance(value, str):
                    continue
                if tool is None or fits(tool.parameters, {**call.arguments, key: other}):
                    raise NotExpressible(
                        f"{key!r}: the format writes a string and its JSON look-alike the same "
                        "way, and the schema accepts both"
                    )
        texts = {key: write_value(value) for key, value in call.arguments.items()}
        if not same(read_arguments(texts, tool), call.arguments):
            raise NotExpressible("the raw texts have a second reading that the schema accepts too")


def _readings(text: str) -> list[Any]:
    """JSON first; a string in quotes is no JSON reading, because strings are written raw."""
    try:
        value = load(text)
    except UnreadableText:
        return [text]
    return [text] if isinstance(value, str) else [value, text]
