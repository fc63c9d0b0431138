"""Hunyuan A13B: a JSON array of calls between two tags."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import framed, named_call, objects_of

__all__ = ["FAMILY"]

_TAGS = ("<tool_calls>", "</tool_calls>")
_BLOCK = re.compile(r"<tool_calls>(.*?)</tool_calls>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_TAGS, calls)
    if not calls:
        return ""
    return (
        f"{_TAGS[0]}{dump([{'name': c.tool, 'arguments': c.arguments} for c in calls])}{_TAGS[1]}"
    )


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _BLOCK, _TAGS[0])
    return [named_call(item) for match in found for item in objects_of(match[1])]


FAMILY = Family(
    name="hunyuan_a13b",
    title="Hunyuan A13B",
    source="https://github.com/vllm-project/vllm/blob/main/examples/tool_chat_template_hunyuan_a13b.jinja",
    parsers=("hunyuan_a13b",),
    markers=_TAGS,
    render=_render,
    read=_read,
    between="",
)
