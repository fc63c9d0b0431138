"""Qwen 2.5, Qwen3 and Hermes: one JSON object of name and arguments between tool_call tags."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, Thinking, carries, dump
from toolfuzz.engines.native._json import framed, named_call, object_of

__all__ = ["FAMILY"]

_MARKERS = ("<tool_call>", "</tool_call>")
_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    objects = (dump({"name": call.tool, "arguments": call.arguments}) for call in calls)
    return "\n".join(f"<tool_call>\n{text}\n</tool_call>" for text in objects)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [named_call(object_of(match[1])) for match in framed(text, _CALL, "<tool_call>")]


FAMILY = Family(
    name="qwen25",
    title="Qwen2.5, Qwen3, Hermes, Granite 4, ERNIE 4.5",
    source="https://github.com/NousResearch/Hermes-Function-Calling#prompt-format-for-function-calling",
    parsers=("qwen25", "qwen", "hermes", "trinity", "granite4", "qwen3_json", "ernie45"),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="\n",
    tokenizer="qwen",
    after="\n",
    thinking=Thinking("<think>\n", "\n</think>\n\n", ("<think>", "</think>")),
)
