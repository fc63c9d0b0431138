"""Making hostile text safe and short for a person's terminal."""

import json
import re
from typing import Any

__all__ = ["brief", "printable"]

# C0 and C1 controls, and the characters that reorder or hide text (bidi marks, zero width).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str, *, keep_newlines: bool = False) -> str:
    """Return the text with everything that could steer a terminal spelled out (``\\x1b``)."""

    def spell(match: re.Match[str]) -> str:
        char = match.group()
        if keep_newlines and char == "\n":
            return char
        code = ord(char)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

    return _UNSAFE.sub(spell, text)


def brief(value: Any, most: int = 72) -> str:
    """Return a JSON value on one line of at most so many characters, safe to print."""
    text = printable(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= most else f"{text[: most - 1]}…"
