"""Bodies to bytes, the simulator's way: what JSON can't say may stand in them all the same."""

import json

from toolfuzz.core.case import JsonObject, Tool
from toolfuzz.formats.plan import RawJson

__all__ = ["encode_body", "introduced", "utf8"]

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
    return utf8(text)


def introduced(tool: Tool) -> JsonObject:
    """Return the name of a tool and, where there is one, its description."""
    if tool.description is None:
        return {"name": tool.name}
    return {"name": tool.name, "description": tool.description}


def utf8(text: str) -> bytes:
    """Encode; a lone surrogate, which UTF-8 can't write, is spelled as a JSON escape."""
    return text.encode("utf-8", "backslashreplace")
