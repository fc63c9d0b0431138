"""dots: MiniMax-M2's invoke tags in a block of its own.

No chat template was at hand: this is the example that two engines' parsers give, whose tests agree.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._invokes import Invokes
from toolfuzz.engines.native._json import framed

__all__ = ["FAMILY"]

_MARKERS = ("<dots_function_call>", "</dots_function_call>")
_BLOCK = re.compile(r"<dots_function_call>(.*?)</dots_function_call>", re.DOTALL)
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
    name="dots",
    title="dots",
    source="https://github.com/vllm-project/vllm/blob/main/vllm/tool_parsers/dots_tool_parser.py",
    parsers=("dots",),
    markers=_MARKERS,
    render=_render,
    read=_read,
)
