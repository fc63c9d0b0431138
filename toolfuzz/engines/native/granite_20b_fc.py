"""Granite 20B function calling: a marker before each call, which is a JSON object on its line."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import named_call, object_of

__all__ = ["FAMILY"]

_MARKER = "<function_call>"


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_MARKER,), calls)
    objects = (dump({"name": call.tool, "arguments": call.arguments}) for call in calls)
    return "\n".join(f"{_MARKER} {text}" for text in objects)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    return [named_call(object_of(part)) for part in text.split(_MARKER)[1:]]


FAMILY = Family(
    name="granite_20b_fc",
    title="Granite 20B function calling",
    source="https://github.com/vllm-project/vllm/blob/main/examples/tool_chat_template_granite_20b_fc.jinja",
    parsers=("granite_20b_fc",),
    markers=(_MARKER,),
    render=_render,
    read=_read,
)
