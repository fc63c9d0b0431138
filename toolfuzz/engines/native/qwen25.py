"""Qwen 2.5, Qwen3 and Hermes: one JSON object of name and arguments between tool_call tags."""

import json
import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, Thinking, UnreadableText, dump
from toolfuzz.engines.native._json import named_call, object_of

__all__ = ["FAMILY"]

_MARKERS = ("<tool_call>", "</tool_call>")
_OPEN = re.compile(r"<tool_call>\s*")
_CLOSE = re.compile(r"\s*</tool_call>")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    objects = (dump({"name": call.tool, "arguments": call.arguments}) for call in calls)
    return "\n".join(f"<tool_call>\n{text}\n</tool_call>" for text in objects)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    calls = []
    at = 0
    while opening := _OPEN.search(text, at):
        try:
            _, end = json.JSONDecoder().raw_decode(text, opening.end())
        except ValueError as error:
            raise UnreadableText(f"no JSON after <tool_call>: {error}") from None
        closing = _CLOSE.match(text, end)
        if closing is None:
            raise UnreadableText("a call is not closed")
        calls.append(named_call(object_of(text[opening.end() : end])))
        at = closing.end()
    return calls


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
    quotes=True,
)
