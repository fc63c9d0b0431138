"""What servers say when they refuse a request, and which defect that names.

The wording is all there is to go by, so a refusal counts only where it points at something: at
the model's own call, at the history, or at an offered tool. Words like "schema" or "function"
alone are no proof: request parameters and overloaded servers are complained about in the same.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, Tool
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.facts import Facts, Refusal
from toolfuzz.judge.wording import one_line

__all__ = [
    "about_parameter",
    "error_words",
    "is_limit",
    "names_defect",
    "names_own_call",
    "points_at_tools",
    "schema_words",
]

_LIMITS = re.compile(
    r"rate.?limit|overloaded|too many requests|throttl|quota|capacity|unavailable", re.I
)
_PARAMETER = re.compile(
    r"unknown name|cannot find field|"
    r"(unknown|unrecognized|unsupported|unexpected|invalid|extra).{0,30}"
    r"(parameter|argument|field|input|value|key)|"
    r"(parameter|argument|field|response_format)\b.{0,80}not (supported|permitted|allowed)",
    re.I | re.DOTALL,
)
# tools[0].function, tools.3.custom.input_schema, function_declarations[0].parameters
_PATH = re.compile(r"\btools?(\[\d+\]|\.\d+\b)|\bfunction_?declarations\[\d+\]", re.I)
_QUOTED = re.compile(r"(?<=[\"'`‘“])[^\"'`‘’“”\n]{1,200}(?=[\"'`’”])")
# A JSON pointer into a schema: #/properties/city/items
_POINTER = re.compile(r"#(?:/[\w$.-]+)+")
_MOST_NAMES = 10_000
# Where an error quotes what the model wrote.
_OUTPUTS = frozenset({"failed_generation", "raw_output", "generated_text", "raw"})
_OUTPUT = re.compile(
    r"(\braw ?[=:] ?)'.*?'(?=, err)"
    r"|(?<=raw=)'.*'"
    r"|(?<=raw=)\".*\""
    r"|(?<=failed_generation)(?:\\*[\"'])? ?[:=].*"
    r"|(?<=parse input at pos )\d+:.*"
    r"|(?<=[Ff]ailed to parse tool call: )[{<\[].*"
    r"|(?<=last read: )'.*?'(?=\W*\Z)",
    re.DOTALL,
)
# In every schema, so naming one points at none.
_EVERYWHERE = frozenset({"type", "properties", "required", "description"})


def names_defect(facts: Facts, refusal: Refusal) -> Iterator[Finding]:
    """Yield the defects that the server's words name; whoever is the first cause explains others.

    A complaint about the tools must point at one, and a server that fails (5xx) is not believed
    about them unless its own code for tools broke. The history is looked at from the second turn
    on: it was sent back as it came, and words that fit it and a new call alike mean it.
    """
    text = refusal.text
    found = [entry for entry in defects().values() if _is_named(entry, facts, refusal)]
    history = any(entry.refused and entry.refused.about == "history" for entry in found)
    for entry in found:
        if history and _only_also(entry.refused, text):
            continue
        # A refused turn is no guess any more, whatever the defect's own severity is.
        yield entry.finding(one_line(text), severity="error")


def _only_also(refused: Refused | None, text: str) -> bool:
    if refused is None or refused.about != "call":
        return False
    return _pattern(refused.words).search(text) is None


def _is_named(entry: Defect, facts: Facts, refusal: Refusal) -> bool:
    words, text = entry.refused, refusal.text
    if words is None:
        return False
    plain = bool(_pattern(words.words).search(text))
    also = bool(words.also) and bool(_pattern(words.also).search(text))
    if words.about == "call":
        return plain or also
    if words.about == "history":
        return plain and facts.number > 0
    if also:
        return True
    sure = refusal.status < 500 and not is_limit(text)
    return plain and sure and points_at_tools(text, facts.case.tools)


def names_own_call(text: str) -> bool:
    """Whether an error says that the server could not read its own model's call.

    Words that fit a history as well count: asking again with the same history is as useless.
    """
    return any(
        _pattern((*entry.refused.words, *entry.refused.also)).search(text)
        for entry in defects().values()
        if entry.refused is not None and entry.refused.about == "call"
    )


def error_words(error: Any) -> str:
    """Return an error as text, without the model's own output that it quotes."""
    try:
        return _cut(error) if isinstance(error, str) else strictjson.dumps(_without_output(error))
    except (RecursionError, TypeError, ValueError):
        return "an error that can't be shown"


def _without_output(error: Json) -> Json:
    match error:
        case str():
            return _cut(error)
        case list():
            return [_without_output(item) for item in error]
        case dict():
            return {
                key: "…" if key in _OUTPUTS and isinstance(value, str) else _without_output(value)
                for key, value in error.items()
            }
    return error


def _cut(message: str) -> str:
    return _OUTPUT.sub(lambda match: f"{match[1] or ''}…", message)


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE | re.DOTALL)


def is_limit(text: str) -> bool:
    """Whether an error speaks of load or limits."""
    return _LIMITS.search(text[:2000]) is not None


def about_parameter(refusal: Refusal) -> bool:
    """Whether a parameter of the request (temperature, say) is what was refused."""
    return refusal.status < 500 and _PARAMETER.search(refusal.text) is not None


def points_at_tools(text: str, tools: tuple[Tool, ...]) -> bool:
    """Whether a refusal names a place in ``tools``, a tool, or something in a tool's schema."""
    if _PATH.search(text):
        return True
    quoted = set(_QUOTED.findall(text))
    for pointer in _POINTER.findall(text):
        quoted.update(pointer.split("/")[1:])
    for tool in tools:
        if tool.name in quoted:
            return True
        if re.search(rf"\b(function|tool)\b.{{0,3}}\s{re.escape(tool.name)}\b", text, re.I):
            return True
    return bool(quoted) and not quoted.isdisjoint(schema_words(tools) - _EVERYWHERE)


def schema_words(tools: tuple[Tool, ...]) -> set[str]:
    """Return the keys in the tools' schemas: keywords and names of properties."""
    words: set[str] = set()
    stack: list[Json] = [tool.parameters for tool in tools]
    while stack and len(words) < _MOST_NAMES:
        node = stack.pop()
        if isinstance(node, dict):
            words.update(node)
            stack += node.values()
        elif isinstance(node, list):
            stack += node
    return words
