"""K2 Horizon: GLM's pairs in tags of its own, all calls in one block.

The chat template's default (``tool_call_format`` xml); it can write JSON and typed pairs, too.
"""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._pairs import Pairs

__all__ = ["FAMILY"]

_PAIRS = Pairs(
    line="\n",
    call="ifm|tool_call",
    key="ifm|arg_key",
    value="ifm|arg_value",
    block="ifm|tool_calls",
)

FAMILY = Family(
    name="k2_horizon",
    title="K2 Horizon",
    source="https://huggingface.co/IFM/K2-Horizon-7B/blob/main/chat_template.jinja",
    parsers=("k2_horizon",),
    markers=_PAIRS.markers,
    render=_PAIRS.render,
    read=_PAIRS.read,
    between="",
)
