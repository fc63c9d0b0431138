"""Olmo 3: function calls like Python's, each on a line of its own between two tags.

What is no string is written as JSON.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import framed
from toolfuzz.engines.native._python_calls import python_calls, read_python_calls

__all__ = ["FAMILY"]

_TAGS = ("<function_calls>", "</function_calls>")
_BLOCK = re.compile(r"<function_calls>\n(.*?)\n</function_calls>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_TAGS, calls)
    lines = "\n".join(python_calls(calls, dump))
    return f"{_TAGS[0]}\n{lines}\n{_TAGS[1]}" if lines else ""


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _BLOCK, _TAGS[0])
    return [
        call for match in found for call in read_python_calls(f"[{','.join(_lines(match[1]))}]")
    ]


def _lines(block: str) -> list[str]:
    # Other ends of lines that Python knows are no breaks here: they may stand inside of JSON.
    return block.split("\n")


FAMILY = Family(
    name="olmo3",
    title="Olmo 3",
    source="https://github.com/vllm-project/vllm/blob/2e30b474731f235b021ecf9821124116786dfce5/examples/tool_chat_template_olmo3.jinja",
    parsers=("olmo3",),
    markers=_TAGS,
    render=_render,
    read=_read,
    between="",
)
