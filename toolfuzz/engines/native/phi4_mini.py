"""Phi-4-mini: the word functools and a JSON array of calls right behind it."""

from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import Family, carries, dump
from toolfuzz.engines.native._json import named_call, objects_of

__all__ = ["FAMILY"]

_WORD = "functools"


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_WORD,), calls)
    if not calls:
        return ""
    return f"{_WORD}{dump([{'name': c.tool, 'arguments': c.arguments} for c in calls])}"


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    _, word, array = text.partition(f"{_WORD}[")
    return [named_call(item) for item in objects_of(f"[{array}")] if word else []


FAMILY = Family(
    name="phi4_mini",
    title="Phi-4-mini",
    source="https://github.com/vllm-project/vllm/blob/main/examples/tool_chat_template_phi4_mini.jinja",
    parsers=("phi4_mini_json",),
    markers=(_WORD,),
    render=_render,
    read=_read,
)
