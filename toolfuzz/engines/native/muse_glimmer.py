"""Muse Glimmer, Muse Spark: each call is a message to its tool, with invoke tags inside.

The prompt ends with ``<|start|>assistant``, so that a reply begins with its recipient. What ends
the turn (``<|eot|>``) is a stop token.
"""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._invokes import Invokes
from toolfuzz.engines.native._json import check_names, framed

__all__ = ["FAMILY"]

_MARKERS = ("<|start|>", "<|message|>", "<|eom|>", "<|eot|>")
_TAGS = ("<atem:function_calls>", "</atem:function_calls>")
_NEXT = "<|eom|><|start|>assistant"
_CALL = re.compile(
    r" to=[^\s<]+<\|message\|><atem:function_calls>(.*?)</atem:function_calls>", re.DOTALL
)
_INVOKES = Invokes("atem:")


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    _INVOKES.check(calls, tools, (*_MARKERS, *_TAGS))
    check_names(calls, r"^\s<")
    return _NEXT.join(
        f" to={call.tool}<|message|>{_TAGS[0]}\n{_INVOKES.write(call)}\n{_TAGS[1]}"
        for call in calls
    )


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    found = framed(text, _CALL, _TAGS[0])
    return [call for match in found for call in _INVOKES.read(match[1], tools)]


FAMILY = Family(
    name="muse_glimmer",
    title="Muse Glimmer",
    source="https://github.com/vllm-project/vllm/blob/main/examples/tool_chat_template_muse_glimmer.jinja",
    parsers=("muse", "muse_glimmer"),
    markers=_MARKERS,
    render=_render,
    read=_read,
)
