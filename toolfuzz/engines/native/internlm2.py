"""InternLM2 and 2.5: one JSON object of name and parameters behind the plugin marker."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible, carries, dump
from toolfuzz.engines.native._json import framed, named_call, object_of

__all__ = ["FAMILY"]

_MARKERS = ("<|action_start|>", "<|plugin|>", "<|action_end|>")
_CALL = re.compile(r"<\|action_start\|><\|plugin\|>\n(.*?)<\|action_end\|>", re.DOTALL)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    if len(calls) > 1:
        raise NotExpressible("the chat format has one call a reply")
    objects = (dump({"name": call.tool, "parameters": call.arguments}) for call in calls)
    return "".join(f"{_MARKERS[0]}{_MARKERS[1]}\n{text}{_MARKERS[2]}" for text in objects)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [
        named_call(object_of(match[1]), "parameters") for match in framed(text, _CALL, _MARKERS[0])
    ]


FAMILY = Family(
    name="internlm2",
    title="InternLM2, InternLM2.5",
    source="https://github.com/InternLM/InternLM/blob/main/chat/chat_format.md",
    parsers=("internlm",),
    markers=_MARKERS,
    render=_render,
    read=_read,
    between="",
)
