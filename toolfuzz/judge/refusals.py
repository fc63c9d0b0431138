"""What servers say when they refuse a request, and which defect that names.

The wording is all there is to go by, so a refusal counts only where it points at something: at
the model's own call, at the history, or at an offered tool. Words like "schema" or "function"
alone are no proof: request parameters and overloaded servers are complained about in the same.
"""

import re
from collections.abc import Iterator
from functools import cache

from toolfuzz.core.case import Json, Tool
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.facts import Facts, Refusal
from toolfuzz.judge.wording import one_line

__all__ = ["about_parameter", "is_limit", "names_defect", "points_at_tools", "schema_words"]

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
# In every schema, so naming one points at none.
_EVERYWHERE = frozenset({"type", "properties", "required", "description"})


def names_defect(facts: Facts, refusal: Refusal) -> Iterator[Finding]:
    """Yield the defects that the server's words name; whoever is the first cause explains others.

    A complaint about the tools must point at one, and a server that fails (5xx) is not believed
    about them. The history is looked at from the second turn on: it was sent back as it came.
    """
    text = refusal.text
    limited = is_limit(text)
    at_tools: bool | None = None
    for entry in defects().values():
        if entry.refused is None or not _pattern(entry.refused.words).search(text):
            continue
        about = entry.refused.about
        if about == "history" and not facts.number:
            continue
        if about == "tools":
            if limited or refusal.status >= 500:
                continue
            if at_tools is None:
                at_tools = points_at_tools(text, facts.case.tools)
            if not at_tools:
                continue
        # A refused turn is no guess any more, whatever the defect's own severity is.
        yield entry.finding(one_line(text), severity="error")


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
