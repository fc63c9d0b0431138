"""Making text and values from outside short, and safe for terminals and files."""

import json
import re
import shlex
from datetime import UTC, datetime
from typing import Any, overload

from toolfuzz.core.case import Json
from toolfuzz.core.json import beginning

__all__ = [
    "NAME_LENGTH",
    "brief",
    "brief_apart",
    "clip",
    "day",
    "file_name",
    "from_difference",
    "pretty",
    "printable",
    "shell_command",
    "shortly",
]

NAME_LENGTH = 60
"""Of a name that people read, in characters."""

_MOST_TEXT = 300
_MOST_JSON = 2000

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


def shortly(name: str, most: int = NAME_LENGTH) -> str:
    """Return a name for people to read: of a long one, how it begins and how it ends."""
    if len(name) <= most:
        return name
    end = most // 3
    return f"{name[: most - end - 1]}…{name[-end:]}"


def shell_command(*words: object) -> str:
    """Return a command that may be pasted into a shell, whatever its words are; safe to print."""
    return shlex.join(printable(str(word)) for word in words)


def pretty(value: Json) -> str:
    """Return a value as JSON for people, that can still be pasted: what can't be seen is escaped.

    Letters of all languages stay as they are.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda found: found[0] if found[0] == "\n" else _escaped(found[0]), text)


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]


def day(seconds: float) -> str:
    """Return a unix time as ``2026-11-23 10:15 UTC``; 0, and what is no time at all, say so."""
    try:
        if not seconds:
            return "an unknown day"
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "an unknown day"


def file_name(text: str) -> str:
    """Return a name for a file in one folder: no separators, nothing hidden, never empty.

    Letters and digits of any script stay, and ``.``, ``_`` and ``-``; the rest becomes ``-``. It
    has 150 bytes at most: file systems take 255 of a name.
    """
    plain = "".join(c if c.isalnum() or c in "._-" else "-" for c in text)
    return plain.lstrip(".").encode()[:150].decode(errors="ignore") or "-"


def brief(value: Any, most: int = 72) -> str:
    """Return a JSON value on one line of at most so many characters, safe to print."""
    return _cut(printable(json.dumps(value, ensure_ascii=False, default=str)), most)


def brief_apart(one: Any, other: Any, most: int = 72) -> tuple[str, str]:
    """Return two JSON values as ``brief`` does, so that the first difference can be seen."""
    first, second = (
        printable(json.dumps(value, ensure_ascii=False, default=str)) for value in (one, other)
    )
    first, second = from_difference(first, second, most)
    return _cut(first, most), _cut(second, most)


def from_difference(one: str, other: str, most: int) -> tuple[str, str]:
    """Return two texts without what they begin with alike, where ``most`` of it would hide more."""
    pairs = zip(one, other, strict=False)
    shared = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    if shared < most // 2 or max(len(one), len(other)) <= most:
        return one, other
    begin = shared - most // 4
    return f"…{one[begin:]}", f"…{other[begin:]}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


@overload
def clip(value: str, most: int = ...) -> str: ...
@overload
def clip(value: Json, most: int = ...) -> Json: ...


def clip(value: Json, most: int = _MOST_TEXT) -> Json:
    """Return the value itself when it is small, else the beginning of its text or JSON.

    Lone surrogates are spelled out, because UTF-8 files can't hold them; so are NaN and infinity.
    """
    if isinstance(value, str):
        text = value if len(value) <= most else value[: most - 1] + "…"
        return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if not isinstance(value, dict | list):
        return value
    try:
        text = beginning(value, max(most, _MOST_JSON) + 1)
        if len(text) <= _MOST_JSON:
            json.dumps(value, allow_nan=False)
            text.encode()
            return value
    except RecursionError:
        return "…"
    except ValueError:
        pass
    return clip(text, most)
