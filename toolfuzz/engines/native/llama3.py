"""Llama 3.1 and 3.2: a bare JSON object of name and parameters; one call a reply."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, NotExpressible, carries, dump
from toolfuzz.engines.native._json import named_call, object_of

__all__ = ["FAMILY"]

_TAG = "<|python_tag|>"


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_TAG,), calls)
    if len(calls) > 1:
        raise NotExpressible("the chat template allows one call a reply")
    return "".join(dump({"name": call.tool, "parameters": call.arguments}) for call in calls)


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    body = text.removeprefix(_TAG)
    if not body.startswith("{"):
        return []
    return [named_call(object_of(body), "parameters")]


FAMILY = Family(
    name="llama3",
    title="Llama 3.1, Llama 3.2 (JSON)",
    source="https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/#json-based-tool-calling",
    parsers=("llama3", "llama3_json", "llama4_json"),
    markers=(_TAG,),
    render=_render,
    read=_read,
    tokenizer="llama3",
    bare=True,
)
