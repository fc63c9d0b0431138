"""Replies to bytes: JSON bodies and server-sent events."""

import json
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.simulate.reply import RawJson

__all__ = ["encode_body", "encode_events"]

_MARK = "\ue000raw-json-{}\ue001"


def encode_body(body: JsonObject) -> bytes:
    """Return the JSON; a RawJson inside it is pasted as it is spelled."""
    raws: list[str] = []
    text = _dumps(_mark(body, raws) if "content" in body else body)
    for n, raw in enumerate(raws):
        text = text.replace(json.dumps(_MARK.format(n), ensure_ascii=False), raw, 1)
    return _encode(text)


def encode_events(events: list[tuple[str | None, Any]]) -> list[bytes]:
    """Return one byte string an event (https://html.spec.whatwg.org/#server-sent-events)."""
    return [
        _encode(
            (f"event: {name}\n" if name else "")
            + f"data: {data if isinstance(data, str) else _dumps(data)}\n\n"
        )
        for name, data in events
    ]


def _mark(body: JsonObject, raws: list[str]) -> JsonObject:
    """Put a mark where the ``input`` of a content block is RawJson."""
    content: list[Any] = []
    for block in body["content"]:
        if isinstance(block, dict) and isinstance(block.get("input"), RawJson):
            block = {**block, "input": _MARK.format(len(raws))}
            raws.append(str(body["content"][len(content)]["input"]))
        content.append(block)
    return {**body, "content": content}


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _encode(text: str) -> bytes:
    """UTF-8; a lone surrogate can't be written so and is spelled as a JSON escape."""
    return text.encode("utf-8", "backslashreplace")
