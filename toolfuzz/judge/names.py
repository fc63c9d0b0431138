"""Which offered tool a name means: exact, polluted, prefixed, concatenated, other case, unknown."""

import re
import unicodedata
from collections.abc import Collection, Iterator

__all__ = ["resolve", "split_glued"]

_SPACE = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
_QUOTES = "\"'`*"
_SEPARATORS = "_-.,;|/ \n"
# What stands before a name in markup (<function=NAME>, name: NAME) or in a prompt's turn.
_MARKED = re.compile(
    r"<?/?(?:(?:function|tool|tool_name|invoke|name)\s*[=:]\s*|(?:assistant|commentary|call)\s+)?"
    r"[\"']?(?P<name>[^<>\"'\s({\[]+)"
)
_NAMESPACE = re.compile(r"(?:.*(?:[.:/]|__)|(?:functions?|tools?|default_api)[-_]?)\Z", re.DOTALL)
_COUNTER = re.compile(r"(?:[.:/_#-]?\d+|[.:/].*)\Z", re.DOTALL)
_LONGEST = 1000


def resolve(name: str | None, offered: Collection[str]) -> tuple[str | None, str | None]:
    """Return (the offered name that is meant, what is wrong with the name).

    The first class that fits wins, in the order of the module's first line, and within a class
    the first of ``offered``. Names beyond 1,000 characters are cleaned, but never taken apart.
    """
    if not name or not name.strip(_SPACE):
        return None, "empty"
    if name in offered:
        return name, None
    cleaned = list(_cleaned(name))
    for candidate in cleaned:
        if candidate in offered:
            return candidate, "polluted"
    if len(name) > _LONGEST:
        return None, "unknown"
    if tool := _without_namespace(name, offered):
        return tool, "prefixed"
    for candidate in cleaned:
        if tool := _without_namespace(candidate, offered):
            return tool, "polluted"
    if glued := split_glued(name, offered):
        return glued[0], "concatenated"
    folded = _folded(name)
    alike = next((tool for tool in offered if folded and _folded(tool) == folded), None)
    return alike, "case" if alike else "unknown"


def split_glued(name: str, offered: Collection[str]) -> list[str]:
    """Return the offered names (two or more) that ``name`` is made of, or nothing.

    One character may stand between two.
    """
    if len(name) > _LONGEST:
        return []
    last: dict[int, tuple[str, int]] = {}
    reached = {0}
    for end in range(1, len(name) + 1):
        for tool in offered:
            start = end - len(tool)
            if not tool or start < 0 or not name.startswith(tool, start):
                continue
            before = start if start in reached else start - 1
            if before == start or (before in last and name[before] in _SEPARATORS):
                reached.add(end)
                last[end] = tool, before
                break
    parts: list[str] = []
    end = len(name)
    while end in last:
        tool, end = last[end]
        parts.insert(0, tool)
    return parts if end == 0 and len(parts) > 1 else []


def _cleaned(name: str) -> Iterator[str]:
    """Yield the name without spaces, markup and what a parser may have left behind it."""
    bare = name.strip(_SPACE)
    for text in (bare, re.sub(r"<[^<>]*>", "", bare), bare.split("<", 1)[0]):
        text = text.strip(_SPACE)
        yield text
        yield text.strip(_QUOTES + _SPACE)
        yield re.split(r"[\s({\[]", text, maxsplit=1)[0].strip(_QUOTES)
    if marked := _MARKED.match(bare):
        yield marked["name"]
    yield unicodedata.normalize("NFKC", bare)


def _without_namespace(name: str, offered: Collection[str]) -> str | None:
    for tool in sorted(offered, key=len, reverse=True):
        start = name.find(tool)
        if not tool or start < 0:
            continue
        before, after = name[:start], name[start + len(tool) :]
        if (not before or _NAMESPACE.match(before)) and (not after or _COUNTER.match(after)):
            return tool
    return None


def _folded(name: str) -> str:
    return re.sub(r"[-_. ]", "", name).casefold()
