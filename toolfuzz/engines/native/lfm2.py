"""LFM2 and LFM2.5: a list of function calls like Python's between two markers.

An object is written as JSON, everything else as Python writes it.
"""

import re
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, Thinking, carries, dump
from toolfuzz.engines.native._json import framed
from toolfuzz.engines.native._python_calls import python_calls, read_python_calls

__all__ = ["FAMILY"]

_MARKERS = ("<|tool_call_start|>", "<|tool_call_end|>")
_BLOCK = re.compile(r"<\|tool_call_start\|>(.*?)<\|tool_call_end\|>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    written = python_calls(calls, _value)
    return f"{_MARKERS[0]}[{', '.join(written)}]{_MARKERS[1]}" if written else ""


def _value(value: Any) -> str:
    return dump(value) if isinstance(value, dict) else repr(value)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _BLOCK, _MARKERS[0])
    return [call for match in found for call in read_python_calls(match[1])]


FAMILY = Family(
    name="lfm2",
    title="LFM2, LFM2.5",
    source="https://docs.liquid.ai/lfm/key-concepts/tool-use",
    parsers=("lfm2",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="",
    after="",
    thinking=Thinking("<think>", "</think>", ("<think>", "</think>")),
)
