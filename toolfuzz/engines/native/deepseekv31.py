"""DeepSeek-V3.1: name, separator, JSON object, without the word function and without a fence."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, Thinking, carries, dump
from toolfuzz.engines.native._json import check_names, framed, object_of

__all__ = ["FAMILY"]

_MARKERS = (
    "<｜tool▁calls▁begin｜>",
    "<｜tool▁calls▁end｜>",
    "<｜tool▁call▁begin｜>",
    "<｜tool▁sep｜>",
    "<｜tool▁call▁end｜>",
)
_CALL = re.compile(
    r"<｜tool▁call▁begin｜>([^\n]+?)<｜tool▁sep｜>(.*?)<｜tool▁call▁end｜>", re.DOTALL
)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    check_names(calls, r"^\n")
    if not calls:
        return ""
    inner = "".join(
        f"<｜tool▁call▁begin｜>{call.tool}<｜tool▁sep｜>{dump(call.arguments)}<｜tool▁call▁end｜>"
        for call in calls
    )
    return f"<｜tool▁calls▁begin｜>{inner}<｜tool▁calls▁end｜>"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _CALL, "<｜tool▁call▁begin｜>")
    return [ExpectedCall(m[1], object_of(m[2])) for m in found]


FAMILY = Family(
    name="deepseekv31",
    title="DeepSeek-V3.1",
    source="https://huggingface.co/deepseek-ai/DeepSeek-V3.1/blob/main/assets/chat_template.jinja",
    parsers=("deepseekv31", "deepseek_v31"),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="",
    tokenizer="deepseek",
    thinking=Thinking("<think>", "</think>", ("<think>", "</think>"), prompted=True),
)
