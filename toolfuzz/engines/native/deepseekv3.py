"""DeepSeek-V3 (0324) and R1 (0528): the arguments stand in a fenced JSON block."""

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
    r"<｜tool▁call▁begin｜>function<｜tool▁sep｜>([^\n]+)\n```json\n(.*?)\n```<｜tool▁call▁end｜>",
    re.DOTALL,
)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    check_names(calls, r"^\n")
    if not calls:
        return ""
    inner = "\n".join(
        f"<｜tool▁call▁begin｜>function<｜tool▁sep｜>{call.tool}\n"
        f"```json\n{dump(call.arguments)}\n```<｜tool▁call▁end｜>"
        for call in calls
    )
    return f"<｜tool▁calls▁begin｜>{inner}<｜tool▁calls▁end｜>"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _CALL, "<｜tool▁call▁begin｜>")
    return [ExpectedCall(m[1], object_of(m[2])) for m in found]


FAMILY = Family(
    name="deepseekv3",
    title="DeepSeek-V3, DeepSeek-R1",
    source="https://huggingface.co/deepseek-ai/DeepSeek-V3-0324?chat_template=default",
    parsers=("deepseekv3", "deepseek_v3"),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="",
    tokenizer="deepseek",
    thinking=Thinking("<think>\n", "\n</think>\n\n", ("<think>", "</think>"), prompted=True),
)
