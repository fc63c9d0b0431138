"""Kimi-K2: a section of calls, each ``functions.NAME:INDEX`` and a JSON object."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, Thinking, carries, dump
from toolfuzz.engines.native._json import check_names, framed, object_of

__all__ = ["FAMILY"]

_MARKERS = (
    "<|tool_calls_section_begin|>",
    "<|tool_calls_section_end|>",
    "<|tool_call_begin|>",
    "<|tool_call_argument_begin|>",
    "<|tool_call_end|>",
)
_CALL = re.compile(
    r"<\|tool_call_begin\|>\s*(?:functions\.)?([\w.\-]+):\d+\s*<\|tool_call_argument_begin\|>"
    r"(.*?)<\|tool_call_end\|>",
    re.DOTALL,
)
_NUMBER = re.compile(r"(?<=:)\d+(?=<\|tool_call_argument_begin\|>)")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    check_names(calls, r"\w.\-")
    if not calls:
        return ""
    inner = "".join(
        f"<|tool_call_begin|>functions.{call.tool}:{n}<|tool_call_argument_begin|>"
        f"{dump(call.arguments)}<|tool_call_end|>"
        for n, call in enumerate(calls)
    )
    return f"<|tool_calls_section_begin|>{inner}<|tool_calls_section_end|>"


def _count_on(text: str, earlier: int) -> str:
    return _NUMBER.sub(lambda number: str(int(number[0]) + earlier), text)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _CALL, "<|tool_call_begin|>")
    return [ExpectedCall(m[1], object_of(m[2])) for m in found]


FAMILY = Family(
    name="kimi_k2",
    title="Kimi-K2",
    source="https://huggingface.co/moonshotai/Kimi-K2-Instruct/blob/main/docs/tool_call_guidance.md",
    parsers=("kimi_k2",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    count_on=_count_on,
    between="",
    thinking=Thinking("<think>", "</think>", ("<think>", "</think>")),
)
