"""Apertus: a JSON array between two markers, each call an object with its name as the only key."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, UnreadableText, carries, dump
from toolfuzz.engines.native._json import framed, objects_of

__all__ = ["FAMILY"]

_MARKERS = ("<|tools_prefix|>", "<|tools_suffix|>")
_BLOCK = re.compile(r"<\|tools_prefix\|>(.*?)<\|tools_suffix\|>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    if not calls:
        return ""
    return f"{_MARKERS[0]}{dump([{call.tool: call.arguments} for call in calls])}{_MARKERS[1]}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [_call(item) for m in framed(text, _BLOCK, _MARKERS[0]) for item in objects_of(m[1])]


def _call(item: dict[str, object]) -> ExpectedCall:
    match [*item.items()]:
        case [(name, dict(arguments))]:
            return ExpectedCall(name, arguments)
    raise UnreadableText("a call is an object with the name as its only key")


FAMILY = Family(
    name="apertus",
    title="Apertus",
    source="https://github.com/vllm-project/vllm/blob/main/examples/tool_chat_template_apertus.jinja",
    parsers=("apertus2509",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="",
)
