"""PLaMo 3: elements for a request, its name and its arguments, which are JSON.

No template was at hand: the text is what its makers' own parsers for vLLM and SGLang read.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import check_names, framed, object_of

__all__ = ["FAMILY"]

# The tokens of which its tags are made.
_BEGIN, _END, _CLOSE, *_JSON = _MARKERS = (
    "<|plamo:begin_",
    "<|plamo:end_",
    ":plamo|>",
    "<|plamo:constrain|>",
    "<|plamo:msg|>",
)
_REQUEST = f"{_BEGIN}tool_request{_CLOSE}"
_CALL = re.compile(
    r"<\|plamo:begin_tool_request:plamo\|>"
    r"<\|plamo:begin_tool_name:plamo\|>(.*?)<\|plamo:end_tool_name:plamo\|>"
    r"<\|plamo:begin_tool_arguments:plamo\|><\|plamo:constrain\|>json<\|plamo:msg\|>"
    r"(.*?)<\|plamo:end_tool_arguments:plamo\|>"
    r"<\|plamo:end_tool_request:plamo\|>",
    re.DOTALL,
)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    check_names(calls, r"^<")
    return _element("tool_requests", "".join(map(_write, calls))) if calls else ""


def _write(call: ExpectedCall) -> str:
    arguments = f"{_JSON[0]}json{_JSON[1]}{dump(call.arguments)}"
    name = _element("tool_name", call.tool)
    return _element("tool_request", name + _element("tool_arguments", arguments))


def _element(name: str, inner: str) -> str:
    return f"{_BEGIN}{name}{_CLOSE}{inner}{_END}{name}{_CLOSE}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [ExpectedCall(m[1], object_of(m[2])) for m in framed(text, _CALL, _REQUEST)]


FAMILY = Family(
    name="plamo3",
    title="PLaMo 3",
    source="https://github.com/vllm-project/vllm/blob/main/vllm/parser/plamo3.py",
    parsers=("plamo3",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="",
)
