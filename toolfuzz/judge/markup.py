"""Calls that stand in text: the native forms of model families, told from text about them.

A form is recognised only where its opener is followed by an offered tool's name in the place
that the form has for names, so prose that mentions ``<tool_call>`` is left alone.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json
from toolfuzz.judge.names import resolve

__all__ = ["Written", "marker_begun", "written_calls"]

_SNIPPET_TAIL = 12
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Written:
    """A call found in text. ``native``: its form has markers that prose does not have."""

    dialect: str
    tool: str
    snippet: str
    native: bool


@dataclass(frozen=True, slots=True)
class _Form:
    dialect: str
    opener: re.Pattern[str]
    names: Callable[[str, int], Iterator[str]]


_PLAIN = re.compile(r"[^\s<>{}()\[\]\"'\\,]{1,200}")
_LEAD = re.compile(r"\s*(?:functions\.|function<｜tool▁sep｜>)?")
_NAME_AND_BODY = re.compile(r"\s*([^\s<>{}()\[\]\"'\\,]{1,200})(?=[ \t]*(?:[<>{(\[\n]|\\n|\Z))")


def _plain_name(text: str, pos: int) -> Iterator[str]:
    """NAME, up to what can't be part of one."""
    if match := re.compile(r"\s*([^\s<>{}()\[\]\"'\\,]{1,200})").match(text, pos):
        yield match[1]


def _kimi_name(text: str, pos: int) -> Iterator[str]:
    """functions.NAME:INDEX."""
    for name in _plain_name(text, pos):
        yield re.sub(r":\d+\Z", "", name).removeprefix("functions.")


def _deepseek_name(text: str, pos: int) -> Iterator[str]:
    """function<｜tool▁sep｜>NAME (V3, R1) or NAME<｜tool▁sep｜> (V3.1)."""
    if match := re.compile(r"(?:function<｜tool▁sep｜>)?([^\s<]{1,200})").match(text, pos):
        yield match[1]


def _json_names(text: str, pos: int) -> Iterator[str]:
    """The names in one JSON call or a list of calls; text that breaks off still shows one."""
    start = re.compile(r"\s*(?=[\[{])").match(text, pos)
    if start is None:
        return
    try:
        value = strictjson.parse_prefix(text, start.end()).value
    except strictjson.JsonError:
        match = re.compile(r'[\[{\s]*"name"\s*:\s*"([^"\\]{1,200})"').match(text, start.end())
        if match:
            yield match[1]
        return
    yield from _call_names(value)


def _json_or_name(text: str, pos: int) -> Iterator[str]:
    """Qwen's and Hermes' JSON, or GLM's and Mistral's NAME, behind the same opener."""
    yield from _json_names(text, pos)
    if match := _NAME_AND_BODY.match(text, pos):
        yield match[1]


def _json_or_python(text: str, pos: int) -> Iterator[str]:
    """A JSON list, or [NAME(key=value)]."""
    yield from _json_names(text, pos)
    if match := re.compile(r"\s*\[?\s*([A-Za-z_][\w.]{0,199})(?:\(|\.call\()").match(text, pos):
        yield match[1].removesuffix(".call")


def _form(dialect: str, opener: str, names: Callable[[str, int], Iterator[str]]) -> _Form:
    return _Form(dialect, re.compile(opener), names)


# The openers as the families' chat templates and the parsers of vLLM and SGLang have them.
_FORMS = (
    _form("glm or hermes", r"<tool_call>", _json_or_name),
    _form("qwen-xml", r"<function=", _plain_name),
    _form("kimi", r"<\|tool_call_begin\|>", _kimi_name),
    _form("deepseek", r"<｜tool▁call▁begin｜>", _deepseek_name),
    _form("dsml", r"<[｜|]\s?DSML\s?[｜|]\s?invoke\s+name=\"", _plain_name),
    _form("minimax", r"<invoke\s+name=\"", _plain_name),
    _form("harmony", r"to=functions\.", _plain_name),
    _form("mistral", r"\[TOOL_CALLS\]", _json_or_name),
    _form("gemma", r"<\|tool_call>\s*call:", _plain_name),
    _form("granite", r"<\|tool_call\|>", _json_names),
    _form("nemotron", r"<TOOLCALL>", _json_names),
    _form("hunyuan", r"<tool_calls>", _json_names),
    _form("llama", r"<\|python_tag\|>", _json_or_python),
    _form("lfm", r"<\|tool_call_start\|>", _json_or_python),
)

_MARKERS = (
    "<tool_call>",
    "<function=",
    "<|tool_calls_section_begin|>",
    "<|tool_call_begin|>",
    "<｜tool▁calls▁begin｜>",
    "<｜DSML｜tool_calls>",
    "<｜DSML｜function_calls>",
    "<minimax:tool_call>",
    "<invoke name=",
    "<|channel|>commentary",
    "[TOOL_CALLS]",
    "<|tool_call>call:",
    "<|python_tag|>",
)
_SHORTEST_MARKER = 3

_PYTHONIC = re.compile(
    r"\s*(\[?)\s*([A-Za-z_][\w.]{0,199})\(\s*(?:[A-Za-z_]\w*\s*=|\)).*", re.DOTALL
)
_JSON_CALL = re.compile(r'\{\s*"(?:name|type|function|tool|tool_calls|id|arguments|parameters)"')
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "input")


def written_calls(text: str, offered: Collection[str]) -> Iterator[Written]:
    """Yield the calls of offered tools that stand in the text, native forms first."""
    odd = [name for name in offered if name and not _PLAIN.fullmatch(name)]
    for form in _FORMS:
        for n, match in enumerate(form.opener.finditer(text)):
            if n == _TRIES:
                break
            for name in (*form.names(text, match.end()), *_standing(text, match.end(), odd)):
                tool, _ = resolve(name, offered)
                if tool is not None:
                    yield Written(form.dialect, tool, _snippet(text, match.start(), name), True)
    yield from _pythonic(text, offered)
    yield from _bare_json(text, offered)


def _standing(text: str, pos: int, names: Collection[str]) -> Iterator[str]:
    """The names with characters that end a name elsewhere (spaces, brackets), where they stand."""
    lead = _LEAD.match(text, pos)
    start = lead.end() if lead else pos
    for name in names:
        if text.startswith(name, start) and not text[start + len(name) :][:1].isalnum():
            yield name


def marker_begun(text: str) -> str | None:
    """Return the beginning of a call marker that the text ends with, if it is cut off there."""
    tail = text.rstrip()[-40:]
    for marker in _MARKERS:
        for size in range(len(marker) - 1, _SHORTEST_MARKER - 1, -1):
            if tail.endswith(marker[:size]):
                return marker[:size]
    return None


def _pythonic(text: str, offered: Collection[str]) -> Iterator[Written]:
    """Llama's [f(a=1)] without any marker: only when the whole text is that."""
    match = _PYTHONIC.fullmatch(text)
    if match and text.rstrip().endswith(")]" if match[1] else ")") and match[2] in offered:
        yield Written("pythonic", match[2], text.strip()[:80], False)


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
            continue
        for name in _call_names(document.value):
            if name in offered:
                yield Written("json", name, text[match.start() : document.end][:200], False)
        pos = document.end


def _call_names(value: Json) -> Iterator[str]:
    """The names in {name, arguments}, {function: {…}}, {tool_calls: […]} or a list of these."""
    match value:
        case list():
            for item in value[:_TRIES]:
                yield from _call_names(item)
        case {"tool_calls": list() as calls}:
            yield from _call_names(calls)
        case {"function": dict() as function}:
            yield from _call_names(function)
        case dict():
            name = value.get("name", value.get("function", value.get("tool")))
            arguments = next((value[k] for k in _ARGUMENT_KEYS if k in value), None)
            if isinstance(name, str) and isinstance(arguments, dict | str):
                yield name


def _snippet(text: str, start: int, name: str) -> str:
    end = text.find(name, start) + len(name)
    return text[start : end + _SNIPPET_TAIL]
