"""Calls that stand in text, told from text about them: native forms, JSON, transcripts, tags."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from toolfuzz.core import json as strictjson
from toolfuzz.core.json_prefix import is_prefix
from toolfuzz.judge.forms import FORMS, MARKERS, call_names
from toolfuzz.judge.names import resolve
from toolfuzz.judge.repair import python_literal

__all__ = [
    "Written",
    "ends_with",
    "in_fence",
    "is_whole",
    "marker_begun",
    "mention_end",
    "written_calls",
]

_SNIPPET_TAIL = 12
_TRIES = 200
_LONGEST = 1_000_000
_SHORTEST_MARKER = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A call found in text, where it begins. ``native``: its markers are none of prose."""

    form: str
    tool: str
    snippet: str
    native: bool
    start: int = 0


_PLAIN = re.compile(r"[^\s<>{}()\[\]\"'\\,]{1,200}")
_LEAD = re.compile(r"\s*(?:functions\.|function<｜tool▁sep｜>)?")
# A quote or a backtick before a tag mentions it; three of them open a fence.
_MENTIONED = re.compile(r"(?<!``)[`\"'“‘«]\Z")
_PYTHONIC = re.compile(
    r"\s*+(\[?|print\()\s*+([A-Za-z_][\w.]{0,199})\(\s*(?:[A-Za-z_]\w*\s*=|\)).*", re.DOTALL
)
_CLOSED = {"": ")", "[": ")]", "print(": "))"}
_JSON_CALL = re.compile(
    r'\{\s*"(?:name|type|function|function_call|function_name|tool|tool_calls|tool_name|tool_uses|'
    r'recipient_name|action|id|arguments|parameters)"'
)
_CUT_CALL = re.compile(r'\{\s*"name"\s*:\s*"(?P<name>[^"\\]{1,200})"\s*,\s*"(?:arg|param|inp)')
# [Assistant tool call]: f({…}) · Tool call: f {…} · Action: f⏎Action Input: {…}
_TRANSCRIPT = re.compile(
    r"(?:^|[\[(*`>])[^\w\n]{0,4}(?:(?:assistant|model|calling|called|calls?|using|invoking|the)\s+)*"
    r"(?:tools?|functions?|action|call(?:ed|ing)?|invok(?:ed|ing))"
    r"(?:[ _-]?(?:calls?|use|name|invocation|request))?\b[\]\s:*`>\"']*"
    r"(?P<name>[^\s<>{}()\[\]\"'`*,:]{1,200})[\])`*\"',:\s]{0,8}"
    r"(?:(?:with\s+)?(?:action[ _])?(?:arguments?|args|input|parameters|params)\b[\s:=*`]{0,8}"
    r"(?:json\s)?)?(?:```(?:json)?\s*)?(?:\(\s*)?(?=\{)",
    re.IGNORECASE | re.MULTILINE,
)
_SCRIPT = re.compile(r"(?<![\w.-])(?P<name>[\w.-]{1,200})\(\s*(?=\{)")
# As terminals show a call: a sign, then f(…).
_SIGNED = re.compile(r"^[ \t]*[●⏺🔧🛠→⚙]\ufe0f?[ \t]*(?P<name>[\w.-]{1,200})\(", re.MULTILINE)
# A word, or a comma or colon behind one, on the line before; then more of the sentence, or its end.
_LED = re.compile(r"[^\W\d_]{2}[,:]? ?\Z")
_GOES_ON = re.compile(r"[ ,]{0,2}[a-z]|[ ,]*[.,;:!?)…]|\s*\.\.\.")
_CLOSE = 8
_CHILD = re.compile(r"\s*<([A-Za-z_][\w.-]*)>")
# Tags around calls, a list's bracket, a label, a fence that says what it holds.
_WRAPPERS = re.compile(
    r"(?:\s|<[^<>\s]{1,60}>|\[[A-Z_]{2,40}\]|\[(?=\{)|(?:tool|function)[_ ]calls?\b:?|```tool_\w+)*"
)


def written_calls(text: str, offered: Collection[str]) -> tuple[Written, ...]:
    """Return the calls of offered tools that stand in the text, native forms first.

    Only its first million characters are looked at: a search holds everything else up.
    """
    return _written_calls(text[:_LONGEST], tuple(offered))


@lru_cache(maxsize=2)  # several defects of one reply look at the same text
def _written_calls(text: str, offered: tuple[str, ...]) -> tuple[Written, ...]:
    return tuple(_search(text, offered))


def _search(text: str, offered: tuple[str, ...]) -> Iterator[Written]:
    odd = [name for name in offered if name and not _PLAIN.fullmatch(name)]
    for form in FORMS:
        for n, match in enumerate(form.opener.finditer(text)):
            if n == _TRIES:
                break
            if _MENTIONED.search(text[max(0, match.start() - 3) : match.start()]):
                continue
            for name in (*form.names(text, match.end()), *_standing(text, match.end(), odd)):
                tool, _ = resolve(name, offered)
                if tool is not None:
                    snippet = _snippet(text, match.start(), name)
                    yield Written(form.name, tool, snippet, True, match.start())
    yield from _named_tags(text, offered)
    yield from _pythonic(text, offered)
    yield from _bare_json(text, offered)
    yield from _whole_value(text, offered)
    yield from _transcripts(text, offered)


def is_whole(text: str, found: Written) -> bool:
    """Whether the text is that call and nothing else, but for the tags around calls."""
    opening = _WRAPPERS.match(text)
    return opening is not None and found.start <= opening.end() and _closes(text)


def ends_with(text: str, found: Written) -> bool:
    """Whether the text ends with that call, which begins a line outside of any code fence."""
    begun = text[: found.start].rpartition("\n")[2]
    return not _WRAPPERS.sub("", begun) and not in_fence(text, found) and _closes(text)


def in_fence(text: str, found: Written) -> bool:
    """Whether that call stands in a code fence."""
    return text.count("```", 0, found.start) % 2 == 1


def mention_end(text: str, found: Written) -> int | None:
    """Return where the form ends that a sentence is about, None where it is a call.

    Prose leads to it on its line, and goes on, or ends, behind its last bracket.
    """
    if not _LED.search(text[max(0, found.start - _CLOSE) : found.start]):
        return None
    line = text.find("\n\n", found.start)
    end = len(text) if line < 0 else line
    brackets = [text.rfind(bracket, found.start, end) for bracket in ">}])"]
    end = max(found.start + len(found.snippet.rstrip()) - _SNIPPET_TAIL, max(brackets) + 1)
    return end if _GOES_ON.match(text, end) else None


def _closes(text: str) -> bool:
    bare = text.rstrip()
    if bare.endswith("```") and "```tool_" in bare:
        bare = bare[:-3].rstrip()
    return bare[-1:] in (">", "}", "]", ")")


def marker_begun(text: str) -> str | None:
    """Return the beginning of a call marker that the text ends with, if it is cut off there."""
    tail = text.rstrip()[-40:]
    for marker in MARKERS:
        for size in range(len(marker) - 1, _SHORTEST_MARKER - 1, -1):
            if tail.endswith(marker[:size]):
                return marker[:size]
    return None


def _standing(text: str, pos: int, names: Collection[str]) -> Iterator[str]:
    """The names with characters that end a name elsewhere (spaces, brackets), where they stand."""
    lead = _LEAD.match(text, pos)
    start = lead.end() if lead else pos
    for name in names:
        if text.startswith(name, start) and not text[start + len(name) :][:1].isalnum():
            yield name


def _named_tags(text: str, offered: Collection[str]) -> Iterator[Written]:
    """A tag that is called like a tool, around JSON, around a tag for each parameter, or text.

    Only JSON inside makes it a form that prose does not have: a tool may be called ``code``.
    """
    if "<" not in text:
        return
    for name in offered:
        tag = re.escape(name)
        opened = re.search(rf"<{tag}(?:\s+[\w-]+\s*=\s*[\"'][^<>]{{0,500}})?\s*/?>", text)
        if not name or opened is None:
            continue
        at, inside = opened.span()
        if _MENTIONED.search(text[max(0, at - 3) : at]):
            continue
        json_inside = text[inside : inside + 200].lstrip()[:1] == "{"
        alone = opened[0].endswith("/>") and "=" in opened[0]
        closed = text.find(f"</{name}>", inside) >= 0
        if closed or json_inside or alone or _CHILD.match(text, inside):
            yield Written("named tag", name, text[at : inside + _SNIPPET_TAIL], json_inside, at)


def _pythonic(text: str, offered: Collection[str]) -> Iterator[Written]:
    """Llama's [f(a=1)] or Gemini's print(f(a=1)): only when that is all the text, fenced or not."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```"):
        bare = bare.removesuffix("```").partition("\n")[2].strip()
    match = _PYTHONIC.fullmatch(bare)
    if match and bare.endswith(_CLOSED[match[1]]) and match[2] in offered:
        yield Written("pythonic", match[2], bare[:80], False, text.find(bare[:80]))


def _whole_value(text: str, offered: Collection[str]) -> Iterator[Written]:
    """{"f": {…}}, or a call as a Python literal: only when the whole text is that."""
    bare = text.strip()
    start = text.find(bare)
    if bare[:1] not in ("{", "[") or bare[-1:] not in ("}", "]"):
        return
    try:
        value = strictjson.parse(bare).value
    except strictjson.JsonError:
        names = call_names(python_literal(bare)) if "'" in bare[:20] else iter(())
        yield from (Written("python", n, bare[:80], False, start) for n in names if n in offered)
        return
    if isinstance(value, dict) and len(value) == 1:
        key, inside = next(iter(value.items()))
        if key in offered and isinstance(inside, dict):
            yield Written("json", key, bare[:200], False, start)
        elif key == "name" and inside in offered:
            yield Written("json", inside, bare[:200], False, start)


def _bare_json(text: str, offered: Collection[str]) -> Iterator[Written]:
    """{"name": …, "arguments": {…}} anywhere in the text; the shape must be a call's."""
    pos = 0
    work = 4 * len(text)
    for _ in range(_TRIES):
        match = _JSON_CALL.search(text, pos)
        if match is None or work < 0:
            return
        try:
            document = strictjson.parse_prefix(text, match.start())
        except strictjson.JsonError as error:
            # One bracket that never closes, again and again, would be read to the end each time.
            work -= error.pos - match.start()
            pos = match.end()
            cut = _CUT_CALL.match(text, match.start())
            if cut and cut["name"] in offered and is_prefix(text[match.start() :]):
                yield Written("json", cut["name"], cut[0], False, match.start())
            continue
        for name in call_names(document.value):
            if name in offered:
                snippet = text[match.start() : document.end][:200]
                yield Written("json", name, snippet, False, match.start())
        pos = document.end


def _transcripts(text: str, offered: Collection[str]) -> Iterator[Written]:
    """A call as a log or a script writes it: ``[Tool call]: f({…})``, ``f({…})``."""
    work = 4 * len(text)
    for form, regex in (("transcript", _TRANSCRIPT), ("script", _SCRIPT)):
        for n, match in enumerate(regex.finditer(text)):
            if n == _TRIES or work < 0:
                break
            name, _ = resolve(match["name"], offered)
            if name is None:
                continue
            try:
                strictjson.parse_prefix(text, match.end())
            except strictjson.JsonError as error:
                work -= error.pos - match.end()
                continue
            snippet = text[match.start() : match.end() + _SNIPPET_TAIL].strip()
            yield Written(form, name, snippet, False, match.start())
    for match in islice(_SIGNED.finditer(text), _TRIES):
        if match["name"] in offered:
            yield Written("transcript", match["name"], match[0].strip(), False, match.start())


def _snippet(text: str, start: int, name: str) -> str:
    end = text.find(name, start) + len(name)
    return text[start : end + _SNIPPET_TAIL]
