"""Which offered tool a name means: exact, polluted, prefixed, concatenated, other case, unknown."""

import re
from collections.abc import Collection, Iterator

__all__ = ["resolve", "split_glued"]

_SPACE = " \t\r\n\u00a0\u200b\ufeff"
_QUOTES = "\"'`"
_NAMESPACE = re.compile(r"(?:.*(?:[.:/]|__)|(?:functions?|tools?|default_api)[-_]?)\Z", re.DOTALL)
_COUNTER = re.compile(r"(?:[.:/_-]?\d+|[.:/].*)\Z", re.DOTALL)
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
    """Return the offered names (two or more) that ``name`` is made of, or nothing."""
    if len(name) > _LONGEST:
        return []
    last: dict[int, str] = {}
    reached = {0}
    for end in range(1, len(name) + 1):
        for tool in offered:
            start = end - len(tool)
            if tool and start in reached and name.startswith(tool, start):
                reached.add(end)
                last[end] = tool
                break
    parts: list[str] = []
    end = len(name)
    while end in last:
        parts.insert(0, last[end])
        end -= len(last[end])
    return parts if end == 0 and len(parts) > 1 else []


def _cleaned(name: str) -> Iterator[str]:
    """Yield the name without spaces, markup and what a parser may have left behind it."""
    bare = name.strip(_SPACE)
    for text in (bare, re.sub(r"<[^<>]*>", "", bare), bare.split("<", 1)[0]):
        text = text.strip(_SPACE)
        yield text
        yield text.strip(_QUOTES + _SPACE)
        yield re.split(r"[\s({\[]", text, maxsplit=1)[0].strip(_QUOTES)


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
