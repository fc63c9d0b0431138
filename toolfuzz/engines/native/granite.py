"""Granite 3: a marker and then a JSON array of calls, indented by four."""

import json
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries
from toolfuzz.engines.native._json import named_call, objects_of

__all__ = ["FAMILY"]

_MARKER = "<|tool_call|>"


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_MARKER,), calls)
    if not calls:
        return ""
    items = [{"name": call.tool, "arguments": call.arguments} for call in calls]
    return f"{_MARKER}{json.dumps(items, indent=4, ensure_ascii=False, allow_nan=False)}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    _, marker, array = text.partition(_MARKER)
    return [named_call(item) for item in objects_of(array)] if marker else []


FAMILY = Family(
    name="granite",
    title="Granite 3.0 to 3.3",
    source="https://github.com/vllm-project/vllm/blob/main/examples/tool_chat_template_granite.jinja",
    parsers=("granite",),
    markers=(_MARKER,),
    render=_render,
    read=_read,
)
