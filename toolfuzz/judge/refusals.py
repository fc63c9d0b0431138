"""What servers say when they refuse a request, and which defect that names.

The wording is all there is to go by, so a refusal counts only where it points at something: at
the model's own call, at the history, or at an offered tool. Words like "schema" or "function"
alone are no proof: request parameters and overloaded servers are complained about in the same.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, Tool
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import defects
from toolfuzz.judge.defect import Defect, Refused
from toolfuzz.judge.errors import codes, messages, without_output
from toolfuzz.judge.facts import Facts, Refusal
from toolfuzz.judge.wording import one_line

__all__ = [
    "about_parameter",
    "error_words",
    "is_final",
    "is_limit",
    "names_defect",
    "schema_words",
]

_LIMITS = re.compile(
    r"rate.?limit|overloaded|too many requests|throttl|quota|capacity|unavailable", re.I
)
_WINDOW = re.compile(
    r"context.?(length|window|size)|(prompt|input|request|conversation)\b.{0,20}too (long|large)|"
    r"(exceed|reduce|larger|longer).{0,60}(tokens?\b|length of the messages)|"
    r"tokens.{0,40}(exceed|must be <=|greater than)",
    re.I,
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
    about them unless its own code for tools broke. The history is looked at from the second turn
    on: it was sent back as it came, and words that fit it and a new call alike mean it.
    """
    found = [entry for entry in defects().values() if _is_named(entry, facts, refusal)]
    history = any(e.refused and e.refused.about in ("history", "pairing") for e in found)
    for entry in found:
        if history and _only_also(entry.refused, refusal):
            continue
        # A refused turn is no guess any more, whatever the defect's own severity is.
        yield entry.finding(one_line(refusal.text), severity="error")


def _only_also(refused: Refused | None, refusal: Refusal) -> bool:
    return refused is not None and refused.about == "call" and not _says(refusal, refused.words)


def _is_named(entry: Defect, facts: Facts, refusal: Refusal) -> bool:
    words = entry.refused
    if words is None or not (words.sure is None or words.sure(facts)):
        return False
    plain, also = _says(refusal, words.words), _says(refusal, words.also)
    match words.about:
        case "call":
            return plain or also
        case "history" | "pairing":
            fits = words.about == "history" or not facts.misfit
            return facts.number > 0 and fits and (plain or (also and refusal.status < 500))
    if also:
        return True
    sure = refusal.status < 500 and not is_limit(refusal.words)
    return plain and sure and _points_at_tools(refusal, facts.case.tools)


def _says(refusal: Refusal, words: tuple[str, ...]) -> bool:
    if not words:
        return False
    search = _pattern(words).search
    return any(map(search, refusal.words))


def is_final(error: Json) -> bool:
    """Whether an error says that asking the same again is useless.

    So it is where the server could not read its own model's call, a new one or one sent back.
    """
    refusal = Refusal(0, "", messages(error), codes(error))
    known = [entry.refused for entry in defects().values() if entry.refused is not None]
    return not is_limit(refusal.words) and any(
        _says(refusal, words.words) or (words.about == "call" and _says(refusal, words.also))
        for words in known
        if words.about != "tools"
    )


def error_words(error: Json) -> str:
    """Return an error as text for people, without the model's own output that it quotes."""
    try:
        shown = without_output(error)
        return shown if isinstance(shown, str) else strictjson.dumps(shown)
    except (RecursionError, TypeError, ValueError):
        return "an error that can't be shown"


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE | re.DOTALL)


def is_limit(words: Sequence[str]) -> bool:
    """Whether an error's words speak of load or limits."""
    return any(_LIMITS.search(said[:2000]) for said in words)


def is_too_long(words: Sequence[str]) -> bool:
    """Whether an error's words say that the request is longer than the model's window."""
    return any(_WINDOW.search(said[:2000]) for said in words)


def about_parameter(refusal: Refusal) -> bool:
    """Whether a parameter of the request (temperature, say) is what was refused."""
    return refusal.status < 500 and any(map(_PARAMETER.search, refusal.said))


def _points_at_tools(refusal: Refusal, tools: tuple[Tool, ...]) -> bool:
    """Whether a refusal names a place in ``tools``, a tool, or something in a tool's schema."""
    return any(_point_at(text, tools) for text in (*refusal.said, *refusal.params))


def _point_at(text: str, tools: tuple[Tool, ...]) -> bool:
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
