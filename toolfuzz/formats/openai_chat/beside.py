"""Fields of an assistant's message that services want back as they came.

OpenRouter and MiniMax have ``reasoning_details``, Gemini's compatible endpoint ``extra_content``;
``reasoning`` is vLLM's and OpenRouter's name for what others call ``reasoning_content``.
https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
"""

from toolfuzz.core.case import JsonObject
from toolfuzz.formats.reading import objects, string

__all__ = ["Pieces", "beside"]

_PIECES = ("text", "summary")


def beside(message: JsonObject) -> tuple[JsonObject, ...]:
    """Return the fields that go back with the message, as one object; () without any.

    Where the reasoning came under both its names, ``reasoning_content`` is enough.
    """
    kept = {key: message[key] for key in ("reasoning_details", "extra_content") if message.get(key)}
    if not string(message, "reasoning_content") and (thought := string(message, "reasoning")):
        kept["reasoning"] = thought
    return (kept,) if kept else ()


class Pieces:
    """The same fields of a streamed message, piece by piece."""

    def __init__(self) -> None:
        self._message: JsonObject = {}
        self._reasoning: list[str] = []
        self._details: list[tuple[JsonObject, dict[str, list[str]]]] = []

    def add(self, delta: JsonObject) -> None:
        """Take a delta in; details of one type and index are one."""
        if thought := string(delta, "reasoning_content"):
            self._message["reasoning_content"] = thought
        elif thought := string(delta, "reasoning"):
            self._reasoning.append(thought)
        if extra := delta.get("extra_content"):
            self._message["extra_content"] = extra
        if "reasoning_details" in delta:
            for piece in objects(delta["reasoning_details"]):
                self._add_detail(piece)

    def _add_detail(self, piece: JsonObject) -> None:
        last = self._details[-1][0] if self._details else {}
        same = (last.get("type"), last.get("index")) == (piece.get("type"), piece.get("index"))
        if not (same and "index" in piece):
            self._details.append(({}, {key: [] for key in _PIECES}))
        detail, texts = self._details[-1]
        detail.update({key: value for key, value in piece.items() if value is not None})
        for key in _PIECES:
            if text := string(piece, key):
                texts[key].append(text)

    def whole(self) -> tuple[JsonObject, ...]:
        """Return the fields as those of a plain message."""
        details = [
            detail | {key: "".join(pieces) for key, pieces in texts.items() if pieces}
            for detail, texts in self._details
        ]
        thought = "".join(self._reasoning)
        return beside({"reasoning": thought, **self._message, "reasoning_details": details})
