"""dots: MiniMax-M2's invoke tags in a block of its own.

No chat template was at hand: this is the example that two engines' parsers give, whose tests agree.
"""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._invokes import InvokeBlock

__all__ = ["FAMILY"]

_BLOCK = InvokeBlock(("<dots_function_call>", "</dots_function_call>"))

FAMILY = Family(
    name="dots",
    title="dots",
    source="https://github.com/vllm-project/vllm/blob/main/vllm/tool_parsers/dots_tool_parser.py",
    parsers=("dots",),
    markers=_BLOCK.markers,
    render=_BLOCK.render,
    read=_BLOCK.read,
)
