"""Mistral (tokenizers up to v7): a JSON array of calls after one marker."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import named_call, objects_of

__all__ = ["FAMILY"]

_MARKER = "[TOOL_CALLS]"


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_MARKER,), calls)
    if not calls:
        return ""
    return f"{_MARKER} {dump([{'name': c.tool, 'arguments': c.arguments} for c in calls])}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    _, marker, array = text.partition(_MARKER)
    if not marker:
        return []
    return [named_call(item) for item in objects_of(array)]


FAMILY = Family(
    name="mistral",
    title="Mistral 7B v0.3, Nemo, Mistral Small, Mistral Large 2",
    source="https://huggingface.co/mistralai/Mistral-7B-Instruct-v0.3?chat_template=default",
    parsers=("mistral",),
    markers=(_MARKER,),
    render=_render,
    read=_read,
    tokenizer="tekken",
)
