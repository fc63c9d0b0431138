"""Inkling: a message per call, its author the tool, its content one compact JSON object.

The text is what a tool parser gets once the message with the reasoning is taken out; what ends the
turn (``<|content_model_end_sampling|>``) is a stop token. The keys of every object are sorted.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries
from toolfuzz.engines.native._json import check_names, framed, named_call, object_of

__all__ = ["FAMILY"]

_MARKERS = (
    "<|message_model|>",
    "<|content_invoke_tool_json|>",
    "<|end_message|>",
    "<|content_text|>",
    "<|content_thinking|>",
    "<|content_model_end_sampling|>",
)
_CALL = re.compile(
    r"<\|message_model\|>[^<]*<\|content_invoke_tool_json\|>(.*?)<\|end_message\|>", re.DOTALL
)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries(_MARKERS, calls)
    check_names(calls, "^<")
    return "".join(
        f'{_MARKERS[0]}{call.tool}{_MARKERS[1]}{{"name":{_compact(call.tool)},'
        f'"args":{_compact(call.arguments)}}}{_MARKERS[2]}'
        for call in calls
    )


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [named_call(object_of(m[1]), "args") for m in framed(text, _CALL, _MARKERS[1])]


FAMILY = Family(
    name="inkling",
    title="Inkling",
    source="https://github.com/vllm-project/vllm/blob/main/vllm/renderers/inkling_encoding.py",
    parsers=("inkling",),
    markers=_MARKERS,
    render=_render,
    read=_read,
)
