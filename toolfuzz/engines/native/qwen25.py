"""Qwen 2.5, Qwen3 and Hermes: one JSON object of name and arguments between tool_call tags."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, UnreadableText, carries, dump
from toolfuzz.engines.native._json import framed, object_of

__all__ = ["FAMILY"]

_MARKERS = ("<tool_call>", "</tool_call>")
_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    objects = (dump({"name": call.tool, "arguments": call.arguments}) for call in calls)
    return "\n".join(f"<tool_call>\n{text}\n</tool_call>" for text in objects)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    calls = []
    for match in framed(text, _CALL, "<tool_call>"):
        match object_of(match[1]):
            case {"name": str(name), "arguments": dict(arguments)}:
                calls.append(ExpectedCall(name, arguments))
            case _:
                raise UnreadableText("a call needs a name and an arguments object")
    return calls


FAMILY = Family(
    name="qwen25",
    title="Qwen2.5, Qwen3, Hermes",
    source="https://github.com/NousResearch/Hermes-Function-Calling#prompt-format-for-function-calling",
    parsers=("qwen25", "qwen", "hermes"),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="\n",
)
