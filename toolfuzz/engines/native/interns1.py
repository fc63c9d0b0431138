"""Intern-S1: one JSON object of name and parameters per call, between the marks of InternLM2.

The space between the two marks is not the model's: its tokenizer puts one between special tokens
where SGLang decodes them, and SGLang's parser expects it.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import framed, named_call, object_of

__all__ = ["FAMILY"]

_MARKERS = ("<|action_start|>", "<|plugin|>", "<|action_end|>")
_CALL = re.compile(r"<\|action_start\|> <\|plugin\|>\n(.*?)<\|action_end\|>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    start, plugin, end = _MARKERS
    objects = (dump({"name": call.tool, "parameters": call.arguments}) for call in calls)
    return "".join(f"{start} {plugin}\n{text}{end}" for text in objects)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [named_call(object_of(m[1]), "parameters") for m in framed(text, _CALL, _MARKERS[0])]


FAMILY = Family(
    name="interns1",
    title="Intern-S1",
    source="https://github.com/InternLM/InternLM/blob/main/chat/chat_format.md",
    parsers=("interns1",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="",
)
