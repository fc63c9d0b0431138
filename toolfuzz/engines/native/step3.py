"""Step3: one invoke tag between DeepSeek-like marks for each call, strings raw, the rest JSON.

No chat template was at hand: this is the example in the parser that its makers gave to SGLang.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, UnreadableText
from toolfuzz.engines.native._invokes import Invokes
from toolfuzz.engines.native._json import framed

__all__ = ["FAMILY"]

_MARKERS = (
    "<｜tool_calls_begin｜>",
    "<｜tool_calls_end｜>",
    "<｜tool_call_begin｜>",
    "<｜tool_call_end｜>",
    "<｜tool_sep｜>",
)
_BLOCK = re.compile(f"{_MARKERS[0]}(.*?){_MARKERS[1]}", re.DOTALL)
_CALL = re.compile(f"{_MARKERS[2]}function{_MARKERS[4]}(.*?){_MARKERS[3]}", re.DOTALL)
_INVOKES = Invokes("steptml:")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    _INVOKES.check(calls, tools, _MARKERS)
    if not calls:
        return ""
    start, end, begin, close, sep = _MARKERS
    inner = "\n".join(f"{begin}function{sep}{_INVOKES.write(call)}{close}" for call in calls)
    return f"{start}\n{inner}\n{end}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    calls: list[ExpectedCall] = []
    for block in framed(text, _BLOCK, _MARKERS[0]):
        if _CALL.sub("", block[1]).strip():
            raise UnreadableText("text between the calls")
        for match in _CALL.finditer(block[1]):
            calls += _INVOKES.read(match[1], tools)
    return calls


FAMILY = Family(
    name="step3",
    title="Step3",
    source="https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/function_call/step3_detector.py",
    parsers=("step3",),
    markers=_MARKERS,
    render=_render,
    read=_read,
)
