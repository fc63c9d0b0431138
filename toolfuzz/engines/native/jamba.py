"""Jamba 1.5: a JSON array between two tags, each call on a line of its own.

No template was at hand: the text is that of vLLM's tests, which AI21 wrote with its parser.
"""

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
    lines = ",\n".join(
        f"    {dump({'name': call.tool, 'arguments': call.arguments})}" for call in calls
    )
    return f"{_TAGS[0]}[\n{lines}\n]{_TAGS[1]}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _BLOCK, _TAGS[0])
    return [named_call(item) for match in found for item in objects_of(match[1])]


FAMILY = Family(
    name="jamba",
    title="Jamba 1.5",
    source="https://github.com/vllm-project/vllm/blob/main/tests/tool_parsers/test_jamba_tool_parser.py",
    parsers=("jamba",),
    markers=_TAGS,
    render=_render,
    read=_read,
    between="",
)
