"""Text from outside as a page may show it: nothing in it acts, hides or changes the order."""

import re
from typing import Any

from markupsafe import Markup, escape

__all__ = ["clipped", "marked", "shown", "spelled"]

# C0 and C1 controls; what hides, joins or reorders text (soft hyphen, zero width, bidi, fillers,
# tags, variation selectors); lone surrogates, which UTF-8 can't hold; noncharacters.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_BYTES = range(0xDC80, 0xDD00)
_MOST = 2000


def clipped(text: str) -> str:
    """Return at most 2,000 characters of the text, and how many more there were."""
    if len(text) <= _MOST:
        return text
    return f"{text[:_MOST]}… ({len(text) - _MOST:,} characters more)"


def shown(value: Any) -> Any:
    """Return what a page prints for a value: text spelled out and clipped, anything else as is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return spelled(clipped(value))


def spelled(text: str) -> str:
    """Spell out what can't be seen (``\\u202e``), line ends too."""
    return _UNSAFE.sub(lambda match: _spell(match[0]), text).replace("\n", "\\n")


def marked(text: str) -> Markup:
    """Return text of several lines escaped, its invisible characters spelled out and marked.

    A byte that ``surrogateescape`` let through is spelled as the byte it was.
    """
    parts = []
    end = 0
    for match in _UNSAFE.finditer(text):
        parts += [escape(text[end : match.start()]), _MARK % _spell(match[0])]
        end = match.end()
    return Markup().join([*parts, escape(text[end:])])


_MARK = Markup('<span class="ctl">%s</span>')


def _spell(char: str) -> str:
    code = ord(char)
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
