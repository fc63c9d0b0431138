"""GigaChat 3: a message of a role of its own, with one JSON object; one call a reply."""

from toolfuzz.engines.native._base import Family
from toolfuzz.engines.native._json import OneCall

__all__ = ["FAMILY"]

_CALL = OneCall(
    "<|message_sep|>\n\nfunction call<|role_sep|>\n",
    "<|message_sep|>",
    ("<|message_sep|>", "<|role_sep|>"),
)

FAMILY = Family(
    name="gigachat3",
    title="GigaChat 3",
    source="https://huggingface.co/ai-sage/GigaChat3-10B-A1.8B/blob/main/chat_template.jinja",
    parsers=("gigachat3",),
    markers=_CALL.markers,
    render=_CALL.render,
    read=_CALL.read,
    between="",
)
