"""Replies to bytes: JSON bodies and server-sent events."""

import json
from typing import Any

from toolfuzz.core.case import JsonObject
from toolfuzz.simulate.reply import RawJson

__all__ = ["encode_body", "encode_events"]

_MARK = "\ue000raw-json-{}\ue001"


def encode_body(body: JsonObject) -> bytes:
    """Return the JSON; a RawJson inside it is pasted as it is spelled."""
    raws: list[RawJson] = []

    def mark(raw: RawJson) -> str:
        raws.append(raw)
        return _MARK.format(len(raws) - 1)

    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=mark)
    for n, raw in enumerate(raws):
        text = text.replace(f'"{_MARK.format(n)}"', raw.text, 1)
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


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _encode(text: str) -> bytes:
    """UTF-8; a lone surrogate can't be written so and is spelled as a JSON escape."""
    return text.encode("utf-8", "backslashreplace")
