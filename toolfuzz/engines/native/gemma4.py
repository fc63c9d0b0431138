"""Gemma 4: calls whose arguments look like JSON, with bare keys and strings in marks."""

from toolfuzz.engines.native._base import Family, Thinking
from toolfuzz.engines.native._gemma import Marks

__all__ = ["FAMILY"]

_MARKS = Marks("<|tool_call>", "<tool_call|>", '<|"|>')

FAMILY = Family(
    name="gemma4",
    title="Gemma 4",
    source="https://huggingface.co/google/gemma-4-31B-it/blob/main/chat_template.jinja",
    parsers=("gemma4",),
    markers=_MARKS.all,
    render=_MARKS.render,
    read=_MARKS.read,
    thinking=Thinking("<|channel>thought\n", "\n<channel|>", ("<|channel>", "<channel|>")),
)
