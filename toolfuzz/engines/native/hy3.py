"""Hunyuan Hy3: GLM's tags in a block, a separator after the name.

This is the spelling of Hy3-preview. The later Hy3 puts ``:opensource`` into every tag, and its
engines look the spelling up in the vocabulary; a trial has none, and there they expect this one.
"""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._pairs import Pairs

__all__ = ["FAMILY"]

_PAIRS = Pairs(line="\n", behind_name="<tool_sep>", block="tool_calls")

FAMILY = Family(
    name="hy3",
    title="Hunyuan Hy3-preview",
    source="https://huggingface.co/tencent/Hy3-preview/blob/main/chat_template.jinja",
    parsers=("hunyuan", "hy_v3"),
    markers=_PAIRS.markers,
    render=_PAIRS.render,
    read=_PAIRS.read,
    between="",
)
