"""LongCat-Flash-Chat: one JSON object of name and arguments between longcat_tool_call tags."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import framed, named_call, object_of

__all__ = ["FAMILY"]

_MARKERS = ("<longcat_tool_call>", "</longcat_tool_call>")
_CALL = re.compile(r"<longcat_tool_call>\s*(.*?)\s*</longcat_tool_call>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    objects = (dump({"name": call.tool, "arguments": call.arguments}) for call in calls)
    return "\n".join(f"{_MARKERS[0]}\n{text}\n{_MARKERS[1]}" for text in objects)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [named_call(object_of(match[1])) for match in framed(text, _CALL, _MARKERS[0])]


FAMILY = Family(
    name="longcat",
    title="LongCat-Flash-Chat",
    source="https://huggingface.co/meituan-longcat/LongCat-Flash-Chat#tool-calling",
    parsers=("longcat",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="\n",
)
