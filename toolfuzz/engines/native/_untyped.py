"""Formats that write strings raw and everything else as JSON, without saying which it was.

``5`` may be a string or a number, and only the tool's schema can tell. Where the schema allows
both, a whole JSON object or array is read as such (a string that looks like one is rare), and for
anything shorter no reader can be right, so it is not expressible.
"""

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.core.jsonvalue import same
from toolfuzz.core.validation import errors, fits
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, dump, load

__all__ = [
    "JSON",
    "PYTHON",
    "PYTHON_WORDS",
    "Spelling",
    "check_unambiguous",
    "read_arguments",
    "write_value",
]

_MOST_COMBINATIONS = 256


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a template writes what is no string, and what else a reader may take a text for.

    ``readings`` gives at least the text itself, and first what the template would have meant.
    """

    write: Callable[[Any], str]
    readings: Callable[[str], list[Any]]


def _json(text: str) -> list[Any]:
    """JSON first; a string in quotes is no JSON reading, because strings are written raw."""
    try:
        value = load(text)
    except UnreadableText:
        return [text]
    return [text] if isinstance(value, str) else [value, text]


def _python_words(text: str) -> list[Any]:
    words = {"True": True, "False": False, "None": None}
    return [words[text], text] if text in words else _json(text)


def _python(text: str) -> list[Any]:
    """Python's literals, and JSON's words too: readers take both."""
    try:
        with warnings.catch_warnings(action="ignore"):
            value = load(dump(ast.literal_eval(text)))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return _json(text)
    return [text] if isinstance(value, str) else [value, text]


def _str(value: Any) -> str:
    if value is None:
        raise NotExpressible("the template writes Python's None, and engines read JSON's null")
    return dump(value) if isinstance(value, dict | list) else str(value)


JSON = Spelling(dump, _json)
PYTHON_WORDS = Spelling(_str, _python_words)
"""JSON, but for True and False by themselves: a template's ``value | string``."""
PYTHON = Spelling(str, _python)
"""All as Python prints it: a template's ``{{ value }}``."""


def write_value(value: Any, spelling: Spelling = JSON) -> str:
    """Return a string as it is, anything else in the spelling (JSON)."""
    return value if isinstance(value, str) else spelling.write(value)


def read_arguments(
    texts: Mapping[str, str], tool: Tool | None, spelling: Spelling = JSON
) -> JsonObject:
    """Find for each text the reading (raw string or value) that the tool's schema accepts.

    Without a tool, or when no combination validates, text that may be a value is read as one.
    """
    readings = {key: spelling.readings(text) for key, text in texts.items()}
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


def check_unambiguous(
    calls: Sequence[ExpectedCall], tools: Sequence[Tool], spelling: Spelling = JSON
) -> None:
    """Raise NotExpressible if a value's text has a second reading that the schema accepts too."""
    by_name = {tool.name: tool for tool in tools}
    for call in calls:
        tool = by_name.get(call.tool)
        for key, value in call.arguments.items():
            if isinstance(value, dict | list):
                continue
            for other in spelling.readings(write_value(value, spelling)):
                if isinstance(other, str) == isinstance(value, str):
                    continue
                if tool is None or fits(tool.parameters, {**call.arguments, key: other}):
                    raise NotExpressible(
                        f"{key!r}: the format writes a string and its look-alike the same "
                        "way, and the schema accepts both"
                    )
        texts = {key: write_value(value, spelling) for key, value in call.arguments.items()}
        if not same(read_arguments(texts, tool, spelling), call.arguments):
            raise NotExpressible("the raw texts have a second reading that the schema accepts too")
