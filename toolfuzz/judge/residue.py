"""Markup that a parser left at the edge of the arguments, or of a value in them.

Beside the right value anything of the kind is residue. Where nobody knows that value a document
may be about markup, so what is left must be what no document ends in: an orphaned tag that sticks
to the text, because a parser took its counterpart away.
"""

import re

__all__ = ["edge_of", "left_at_edge", "residue"]

# Tags of tool calls that no other language has, and the tokens of chat templates.
_OWN = (
    r"</?(?:[\w.-]{1,40}[:_])?(?:tool_calls?|arg_(?:key|value)|function_calls?)>"
    r"|</?[^\w\s<>]{1,4}\s?DSML\s?[^\w\s<>]{1,4}\s?\w{0,40}>?"
    r"|<\|channel\|>\w{0,20}|<[|｜][^|｜<>\n]{1,40}[|｜]>|</?\w{1,40}\|>|<(?:end|start)_of_turn>"
    r"|\[/?(?:TOOL_CALLS?|TOOL_REQUEST|END_TOOL_REQUEST|TOOL_RESULTS|ARGS)\]"
)
_OF_CALLS = r"</?(?:[\w.-]{1,40}:)?(?:parameter|function|invoke)(?:[= ][^<>\n]{0,200})?>"
_END = r"</[A-Za-z_][\w.:-]{0,60}>?"
# Several of these fit one and the same tag: what was matched is not tried again.
_ONLY = re.compile(rf"(?>\s|{_OWN}|{_OF_CALLS}|</?think(?:ing)?>|{_END})++")
_FIRST = re.compile(rf"[\s}}\]]*(?P<tag>{_OWN}|{_OF_CALLS}|{_END})")
_LAST = re.compile(rf"(?:(?P<own>{_OWN})|</(?P<name>[A-Za-z_][\w.-]{{0,60}})>)\Z")
_OPENED = re.compile(r"\s*<parameter(?:=|\s+name\s*=\s*[\"'])([\w.-]{1,200})[\"']?>")
_QUOTED = re.compile(r'\s*<\|"\|>.*<\|"\|>\s*', re.DOTALL)
_THOUGHT_FIRST = re.compile(r"\s*</think(?:ing)?>\s*\S")
_STICKS_TO = re.compile(r"[\w.!?)}\]/*-]\Z")
_PARTS_OF_CALLS = frozenset({"parameter", "function", "invoke"})
_LONGEST = 10_000
_LONGEST_TAG = 130
_MOST_TAGS = 10


def residue(rest: str) -> str | None:
    """Return the markup with which text begins that should not be there, else None."""
    found = _FIRST.match(rest)
    return found["tag"] if found else None


def edge_of(expected: str, came: str) -> str | None:
    """Return the markup around the right text, when all that was added is markup."""
    bare = expected.strip()
    if not bare or bare not in came:
        return None
    before, _, after = came.partition(bare)
    added = (before + after).strip()
    return added[:80] if _ONLY.fullmatch(added) else None


def left_at_edge(key: str, text: str) -> str | None:
    """Return the markup that sticks to the text of parameter ``key`` and has no counterpart."""
    if len(text) > _LONGEST or ("<" not in text and "[" not in text):
        return None
    opened = _OPENED.match(text)
    if opened is not None and opened[1] == key and "</parameter>" not in text:
        return opened[0].strip()
    if _QUOTED.fullmatch(text) and text.count("<|") == 2:
        return '<|"|>'
    if _THOUGHT_FIRST.match(text) and "<think" not in text:
        return "</think>"
    return _orphan(key, text)


def _orphan(key: str, text: str) -> str | None:
    own, names, first = False, list[str](), ""
    for _ in range(_MOST_TAGS):
        bare = text.rstrip()
        found = _LAST.search(bare[-_LONGEST_TAG:])
        if found is None:
            break
        own, first = own or found["own"] is not None, found[0]
        names.append(found["name"] or "")
        text = bare[: len(bare) - len(found[0])]
    if not first or not text.strip() or any(mark in text for mark in ("<", "[/", "`")):
        return None
    last = text.rpartition("\n")[2]
    if last.strip() and not _STICKS_TO.search(last):
        return None
    several = len(names) > 1 and not _PARTS_OF_CALLS.isdisjoint(names)
    one = names[0] in _PARTS_OF_CALLS | {key} and "\n" not in text.strip() and bool(last.strip())
    return first if own or several or one else None
