"""DeepSeek-V3 as Xinference asks it to call: each call is a fenced JSON block.

Its prompt gives the object's keys; that a model puts it into a fence is what its parser expects.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, UnreadableText, carries, dump, load

__all__ = ["FAMILY"]

_FENCE = "```"
_BLOCK = re.compile(r"```json\n(.*?)\n```", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_FENCE,), calls)
    objects = (dump({"name": call.tool, "parameters": call.arguments}) for call in calls)
    return "\n".join(f"{_FENCE}json\n{text}\n{_FENCE}" for text in objects)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    calls = []
    for block in _BLOCK.findall(text):
        match load(block):
            case {"name": str(name), "parameters": dict(arguments)}:
                calls.append(ExpectedCall(name, arguments))
    if f"{_FENCE}json" in _BLOCK.sub("", text):
        raise UnreadableText("a block is not closed")
    return calls


FAMILY = Family(
    name="deepseekv3_prompted",
    title="DeepSeek-V3 (Xinference's prompt)",
    source="https://github.com/xorbitsai/inference/blob/main/xinference/model/llm/tool_parsers/deepseek_v3_tool_parser.py",
    parsers=(),
    markers=(_FENCE,),
    render=_render,
    read=_read,
    tokenizer="deepseek",
    bare=True,
)
