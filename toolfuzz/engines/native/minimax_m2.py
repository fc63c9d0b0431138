"""MiniMax-M2: invoke tags inside one tool_call block, strings raw, the rest JSON."""

from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._invokes import InvokeBlock

__all__ = ["FAMILY"]

_BLOCK = InvokeBlock(("<minimax:tool_call>", "</minimax:tool_call>"))

FAMILY = Family(
    name="minimax_m2",
    title="MiniMax-M2",
    source="https://huggingface.co/MiniMaxAI/MiniMax-M2/blob/main/docs/tool_calling_guide.md",
    parsers=("minimax_m2",),
    markers=_BLOCK.markers,
    render=_BLOCK.render,
    read=_BLOCK.read,
    between="\n",
    after="\n",
    thinking=Thinking("<think>\n", "\n</think>\n\n", ("<think>", "</think>"), prompted=True),
)
