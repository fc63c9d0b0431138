"""LongCat-Flash-Thinking-2601 and LongCat-Flash-Lite: GLM-4.5's text with tags of its own.

No template was at hand: the text is that of replies which users of these models have published,
and what mlx-lm reads.
"""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._pairs import Pairs

__all__ = ["FAMILY"]

_PAIRS = Pairs(
    line="\n", call="longcat_tool_call", key="longcat_arg_key", value="longcat_arg_value"
)

FAMILY = Family(
    name="longcat_tags",
    title="LongCat-Flash-Thinking-2601, LongCat-Flash-Lite",
    source="https://huggingface.co/meituan-longcat/LongCat-Flash-Thinking-2601",
    parsers=("longcat",),
    markers=_PAIRS.markers,
    render=_PAIRS.render,
    read=_PAIRS.read,
    between="",
)
