"""LongCat-Flash-Thinking-2601 and LongCat-Flash-Lite: GLM-4.5's text with tags of its own.

No template was at hand: the text is that of replies which users of these models have published,
and what mlx-lm reads.
"""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._glm import glm_markers, read_glm, write_glm

__all__ = ["FAMILY"]

_PREFIX = "longcat_"


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    return write_glm(calls, tools, line="\n", prefix=_PREFIX)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return read_glm(text, tools, line="\n", prefix=_PREFIX)


FAMILY = Family(
    name="longcat_tags",
    title="LongCat-Flash-Thinking-2601, LongCat-Flash-Lite",
    source="https://huggingface.co/meituan-longcat/LongCat-Flash-Thinking-2601",
    parsers=("longcat",),
    markers=glm_markers(_PREFIX),
    render=_render,
    read=_read,
    between="",
)
