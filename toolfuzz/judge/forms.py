"""The native forms in which model families write a call: an opener, and where the name stands.

A form is recognised only where its opener is followed by an offered tool's name in the place
that the form has for names, so prose that mentions ``<tool_call>`` is left alone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json

__all__ = ["FORMS", "MARKERS", "Form", "call_names"]

_MOST = 200
_ARGUMENT_KEYS = (
    "arguments",
    "parameters",
    "args",
    "input",
    "tool_input",
    "tool_args",
    "tool_arguments",
    "action_input",
    "function_args",
    "params",
)
_NAMES_OF_TOOLS = ("tool", "tool_name", "function_name", "action")
_NAME_KEYS = ("name", "function", "tool", "tool_name", "function_name", "recipient_name", "action")


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling: ``names(text, pos)`` yields the names that may stand behind its opener."""

    name: str
    opener: re.Pattern[str]
    names: Callable[[str, int], Iterator[str]]


_NAME = r"[^\s<>{}()\[\]\"'\\,]{1,200}"
_NAME_HERE = re.compile(rf"\s*({_NAME})")
_NAME_AND_BODY = re.compile(rf"\s*({_NAME})(?=[ \t]*(?:[<>{{(\[\n]|\\n|\Z))")
_DEEPSEEK_NAME = re.compile(r"(?:function\s*<[｜|]tool[▁_ ]sep[｜|]>)?([^\s<]{1,200})")
_JSON_HERE = re.compile(r"\s*(?:```(?:json)?\s*)?(?=[\[{])")
_JSON_NAME = re.compile(r'[\[{\s]*"(?:name|tool_name)"\s*:\s*"([^"\\]{1,200})"')
_JSON_KEY = re.compile(r'[\[{\s]*"([^"\\]{1,200})"\s*:\s*\{')
_PYTHON_CALL = re.compile(r"\s*+\[?\s*+([A-Za-z_][\w.]{0,199})(?:\(|\.call\()")
_ELEMENT_NAME = re.compile(rf"\s*({_NAME})\s*</")
_RUBY_NAME = re.compile(r"\s*+\{?\s*+(?:tool|name)\s*(?:=>|:)\s*\"([^\"\\]{1,200})\"")


def _plain_name(text: str, pos: int) -> Iterator[str]:
    """NAME, up to what can't be part of one."""
    if match := _NAME_HERE.match(text, pos):
        yield match[1]


def _element_name(text: str, pos: int) -> Iterator[str]:
    """NAME as all that an element holds."""
    if match := _ELEMENT_NAME.match(text, pos):
        yield match[1]


def _marked_name(text: str, pos: int) -> Iterator[str]:
    """functions.NAME:INDEX (Kimi), function<｜tool▁sep｜>NAME or NAME<｜tool▁sep｜> (DeepSeek)."""
    for name in _plain_name(text, pos):
        yield re.sub(r":\d+\Z", "", name).removeprefix("functions.")
    if match := _DEEPSEEK_NAME.match(text, pos):
        yield match[1]


def _json_names(text: str, pos: int) -> Iterator[str]:
    """The names in JSON calls, one behind the other; text that breaks off still shows one."""
    start = _JSON_HERE.match(text, pos)
    if start is None:
        return
    try:
        value = strictjson.parse_prefix(text, start.end()).value
    except strictjson.JsonError:
        if match := _JSON_NAME.match(text, start.end()):
            yield match[1]
        return
    yield from call_names(value)


def _json_keys(text: str, pos: int) -> Iterator[str]:
    """The names in [{NAME: {arguments}}], or in JSON calls."""
    yield from _json_names(text, pos)
    if match := _JSON_KEY.match(text, pos):
        yield match[1]


def _json_or_name(text: str, pos: int) -> Iterator[str]:
    """Qwen's and Hermes' JSON, or GLM's and Mistral's NAME, behind the same opener."""
    yield from _json_names(text, pos)
    if match := _NAME_AND_BODY.match(text, pos):
        yield match[1]


def _json_or_python(text: str, pos: int) -> Iterator[str]:
    """A JSON list, or [NAME(key=value)]."""
    yield from _json_names(text, pos)
    if match := _PYTHON_CALL.match(text, pos):
        yield match[1].removesuffix(".call")


def _python_name(text: str, pos: int) -> Iterator[str]:
    """NAME(."""
    if match := _PYTHON_CALL.match(text, pos):
        yield match[1]


def _json_or_ruby(text: str, pos: int) -> Iterator[str]:
    """JSON, or {tool => "NAME", args => …}."""
    yield from _json_names(text, pos)
    if match := _RUBY_NAME.match(text, pos):
        yield match[1]


def call_names(value: Json) -> Iterator[str]:
    """Yield the names in {name, arguments}, {function: {…}}, {tool_calls: […]} or lists of them."""
    match value:
        case list():
            for item in value[:_MOST]:
                yield from call_names(item)
        case {"tool_calls": list() as calls} | {"tool_uses": list() as calls}:
            yield from call_names(calls)
        case {"function": dict() as function} | {"function_call": dict() as function}:
            yield from call_names(function)
        case dict():
            name = next((value[k] for k in _NAME_KEYS if isinstance(value.get(k), str)), None)
            arguments = next((value[k] for k in _ARGUMENT_KEYS if k in value), None)
            # Without arguments of their own they stand beside the name, unless it is a definition.
            beside = len(value) > 1 and any(k in value for k in _NAMES_OF_TOOLS)
            if name is not None and (isinstance(arguments, dict | str) or beside):
                yield name.removeprefix("functions.")


def _form(name: str, opener: str, names: Callable[[str, int], Iterator[str]]) -> Form:
    return Form(name, re.compile(opener), names)


# A prefix that a family puts before its tags' names: <minimax:tool_call>, <steptml:invoke …>.
_SPACE_OF_NAMES = r"(?:[\w.-]{1,40}:)?"
# DeepSeek's bars are full-width; gateways and models write them single, doubled, in ASCII.
_BARS = r"[^\w\s<>]{0,4}\s?"
_WORDS = r"(?:invoke|(?:execute_|use_)?tool|tool_use|tool_call|function_call|function|call)"
_ATTRIBUTES = r"(?:\w+\s*=\s*[\"'][^\"'<>]{0,80}[\"']\s+)?"

# The openers as the families' chat templates and the parsers of vLLM and SGLang have them.
FORMS = (
    _form("glm or hermes", r"<tool_call>", _json_or_name),
    _form("glm", r"(?:^|[\s>])(?=[\w.:/-]{1,200}\s*<arg_key>)", _plain_name),
    _form("qwen-xml", r"<function[=(/]", _plain_name),
    _form("qwen-xml", r"(?:^|[\s=])(?=[\w.:/-]{1,200}>\s*<parameter=)", _plain_name),
    _form("deepseek or kimi", r"<[｜|]\s?tool[▁_ ]call[▁_ ]begin\s?[｜|]>", _marked_name),
    _form("deepseek", r"<[｜|]\s?tool[▁_ ](?:sep|calls[▁_ ]begin)\s?[｜|]>", _marked_name),
    _form(
        "dsml",
        rf"(?:<\s?{_BARS})?(?:DSML|GCML)\s?{_BARS}:?(?:{_WORDS}\s+{_ATTRIBUTES}name\s*=\s*[\"']|r=)",
        _plain_name,
    ),
    _form(
        "invoke",
        rf"<{_SPACE_OF_NAMES}{_WORDS}\s+{_ATTRIBUTES}name\s*=\s*[\"']",
        _plain_name,
    ),
    _form(
        "invoke",
        rf"<{_SPACE_OF_NAMES}{_WORDS}>\s*<(?:tool_name|function_name|name)>",
        _plain_name,
    ),
    _form("element", r"<(?:tool|tool_name|function|function_name)>", _element_name),
    _form("harmony", r"(?:\b(?:assistant|commentary|analysis)\s)?\s?to=functions\.", _plain_name),
    _form("harmony", r"<\|channel\|>\s?\w+ to=", _plain_name),
    _form("beam", r"(?:^|\s)to=(?=[\w.:-]{1,200}<\|channel\|>)", _plain_name),
    _form("k2", r"<ifm\|tool_call>", _plain_name),
    _form("plamo", r"<\|plamo:begin_tool_name:plamo\|>", _plain_name),
    _form("kimi", r"<\|open\|>call\s+tool=\"", _plain_name),
    _form("kimi", r"(?:^|[\s>])functions\.(?=[\w-]{1,200}:\d+\s*[<{])", _marked_name),
    _form("deepseek", r"(?:^|[\s>])(?=[\w.-]{1,200}<[｜|]tool[▁_ ]sep[｜|]>)", _marked_name),
    _form("gemini", r"\bdefault_api\.", _python_name),
    _form("gemini", r"<tool_code>\s*(?:print\()?", _python_name),
    _form("mistral", r"\[TOOL_CALLS\]", _json_or_name),
    _form("gemma", r"<\|?(?:tool_call|start_function_call)\|?>\s*call:", _plain_name),
    _form("gemma", r"(?:^|\s)call:(?=[\w.-]{1,200}\{)", _plain_name),
    _form("called", r"<\|call\|>", _json_or_python),
    _form("granite", r"<\|tool_call\|>", _json_names),
    _form("nemotron", r"<TOOLCALL>", _json_names),
    _form(
        "tagged",
        rf"<\|?{_SPACE_OF_NAMES}\w{{0,20}}(?:tool|function)_?(?:calls?|use|request)\|?>",
        _json_or_name,
    ),
    _form("llama", r"<\|python_tag\|>", _json_or_python),
    _form("lfm", r"<\|tool_call_start\|>", _json_or_python),
    _form("phi", r"\bfunctools(?=\[)", _json_names),
    _form("cohere", r"<\|START_ACTION\|>", _json_names),
    _form("internlm", r"<\|action_start\|>\s*(?:<\|plugin\|>)?", _json_names),
    _form("apertus", r"<\|tools_prefix\|>", _json_keys),
    _form("qwen-agent", r"✿FUNCTION✿\s*:", _plain_name),
    _form("bracketed", r"\[TOOL_(?:REQUEST|CALL)\]", _json_or_ruby),
)

MARKERS = (
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
"""What a streamed text may end with the beginning of."""
