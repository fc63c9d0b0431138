"""MiniMax-M2: invoke tags inside one tool_call block, strings raw, the rest JSON."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._invokes import Invokes
from toolfuzz.engines.native._json import framed

__all__ = ["FAMILY"]

_MARKERS = ("<minimax:tool_call>", "</minimax:tool_call>")
_BLOCK = re.compile(r"<minimax:tool_call>(.*?)</minimax:tool_call>", re.DOTALL)
_INVOKES = Invokes()


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    _INVOKES.check(calls, tools, _MARKERS)
    if not calls:
        return ""
    invokes = "".join(f"{_INVOKES.write(call)}\n" for call in calls)
    return f"{_MARKERS[0]}\n{invokes}{_MARKERS[1]}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _BLOCK, _MARKERS[0])
    return [call for match in found for call in _INVOKES.read(match[1], tools)]


FAMILY = Family(
    name="minimax_m2",
    title="MiniMax-M2",
    source="https://huggingface.co/MiniMaxAI/MiniMax-M2/blob/main/docs/tool_calling_guide.md",
    parsers=("minimax_m2",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="\n",
    after="\n",
    thinking=Thinking("<think>\n", "\n</think>\n\n", ("<think>", "</think>"), prompted=True),
)
