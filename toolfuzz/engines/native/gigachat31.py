"""GigaChat 3.1: a marker and one JSON object of name and arguments; one call a reply."""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._json import OneCall

__all__ = ["FAMILY"]

_CALL = OneCall(
    "<|function_call|>",
    "<|message_sep|>",
    ("<|function_call|>", "<|message_sep|>", "<|message_sep|>", "<|role_sep|>"),
)

FAMILY = Family(
    name="gigachat31",
    title="GigaChat 3.1",
    source="https://huggingface.co/ai-sage/GigaChat3.1-10B-A1.8B/blob/main/chat_template.jinja",
    parsers=("gigachat3",),
    markers=_CALL.markers,
    render=_CALL.render,
    read=_CALL.read,
    between="",
)
