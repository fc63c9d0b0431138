"""Finding known secrets in text, however JSON and URLs spell them.

JSON in a string of JSON in a stream's event: each level may escape any character again. So a
character may stand as it is or as ``\\u0073``, behind any number of backslashes, each of which may
itself be ``\\u005c``; URLs have ``%2F``, JSON pointers ``~1``. That is one regular expression a
secret. What else comes down to a secret when everything is undone again and again can't be masked
in its place, and is masked as a whole.

Base64 of a text that holds a secret spells it in one of three ways, by where in the text it stands.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import AnyStr, overload

__all__ = ["Secrets"]

_PART = 8
"""So many characters of a secret, where it is known to be near, are as good as all of it."""
_LEVELS = 8
_WINDOW, _OVERLAP = 256 * 1024, 16 * 1024
"""Characters searched in one go, which no other thread can interrupt."""

_ESCAPES = re.compile("u00([2-7][0-9a-fA-F])|%([2-7][0-9a-fA-F])|~([01])")
_HALF_ESCAPE = re.compile(r"(?:u(?:0(?:0[2-7]?)?)?|%[2-7]?|~)\Z")
_HINTS = ("u00", "%", "~")


class Secrets:
    """Secrets to be masked. A mask is as long as what it hides."""

    def __init__(self, secrets: Iterable[str]) -> None:
        given = set(secrets)
        bare = {secret.replace("\\", "") for secret in given} - {""}
        # The longer first: one may be a part of another.
        self._bare = sorted(bare, key=len, reverse=True)
        self._longest = max(map(len, self._bare), default=0)
        # Only the first of many backslashes begins a match: tried at each, a megabyte of them
        # would take hours.
        pattern = rf"(?<!\\)(?<!u005[cC])(?:{'|'.join(map(_spelled, self._bare))})"
        self._text = re.compile(pattern)
        self._data = re.compile(pattern.encode())
        self._encoded = sorted({code for secret in given for code in _base64(secret)})
        encoded = "|".join(re.escape(code).replace("/", r"\\*/") for code in self._encoded)
        self._encoded_text = re.compile(encoded)
        self._encoded_data = re.compile(encoded.encode())
        self._signs = (*_HINTS, *self._bare, *self._encoded)
        self._signs_in_bytes = tuple(sign.encode() for sign in self._signs)
        self._parts = {
            text[n : n + _PART]
            for text in (*bare, *self._encoded)
            for n in range(len(text) - _PART + 1)
        }

    def __bool__(self) -> bool:
        return bool(self._bare)

    @overload
    def mask(self, text: str) -> str: ...
    @overload
    def mask(self, text: bytes) -> bytes: ...
    def mask(self, text: str | bytes) -> str | bytes:
        """Return the text with ``*`` in place of each secret, or of all where that can't do."""
        if isinstance(text, bytes):
            data = self._without_beginning(text)
            bare = data.replace(b"\\", b"")
            if not any(sign in bare for sign in self._signs_in_bytes):
                return data
            data = b"".join(_masked(self._encoded_data, data, b"*"))
            data = b"".join(_masked(self._data, data, b"*"))
            return b"*" * len(data) if self._hidden(data.decode("latin-1")) else data
        if not self.may_be_in(text):
            return text
        text = "".join(_masked(self._encoded_text, text, "*"))
        text = "".join(_masked(self._text, text, "*"))
        return "*" * len(text) if self._hidden(text) else text

    def may_be_in(self, text: str) -> bool:
        """Look quickly before looking closely: most texts hold nothing."""
        bare = text.replace("\\", "")
        return any(sign in bare for sign in self._signs)

    def mask_parts(self, text: str) -> str:
        """Mask parts of secrets as well: for what is quoted, and cut, of a text that holds one."""
        text = self.mask(text)
        found = [n for n in range(len(text) - _PART + 1) if text[n : n + _PART] in self._parts]
        letters = list(text)
        for n in found:
            letters[n : n + _PART] = "*" * _PART
        masked = "".join(letters)
        rest = _undone(masked)
        hidden = any(rest[n : n + _PART] in self._parts for n in range(len(rest) - _PART + 1))
        return "*" * len(masked) if hidden else masked

    def _without_beginning(self, data: bytes) -> bytes:
        """Mask the beginning of a secret at the very end: bytes are cut off anywhere."""
        tail = data[-_LEVELS * self._longest :]
        rest = _undone(tail.decode("latin-1"))
        ends = rest, _HALF_ESCAPE.sub("", rest)
        for secret in self._bare:
            if not any(secret[:_PART] in end for end in ends):
                continue
            for size in range(len(secret) - 1, _PART - 1, -1):
                if any(end.endswith(secret[:size]) for end in ends):
                    exact = tail.endswith(secret[:size].encode())
                    hidden = size if exact else len(tail)
                    return data[: len(data) - hidden] + b"*" * hidden
        return data

    def _hidden(self, text: str) -> bool:
        rest = _undone(text)
        return any(secret in rest for secret in self._bare)


def _masked(pattern: re.Pattern[AnyStr], text: AnyStr, star: AnyStr) -> Iterator[AnyStr]:
    """Give the pieces of the text, what the pattern finds with a star for each character."""
    at = 0
    for start, end in _spans(pattern, text):
        yield text[at:start]
        yield star * (end - start)
        at = end
    yield text[at:]


def _spans(pattern: re.Pattern[AnyStr], text: AnyStr) -> Iterator[tuple[int, int]]:
    """Give where matches begin and end; what is longer than _OVERLAP may not be found."""
    start = 0
    while start < len(text):
        end = start + _WINDOW
        for found in pattern.finditer(text, start, end + _OVERLAP):
            if found.start() >= end:
                break
            yield found.span()
            end = max(end, found.end())
        start = end


def _base64(secret: str) -> Iterator[str]:
    """Give what every base64 of a text with the secret holds: the whole sextets, by alignment."""
    data = secret.encode()
    for before in range(3):
        first, end = (0, 2, 3)[before], (before + len(data)) * 8 // 6
        for others in (b"+/", b"-_"):
            code = b64encode(bytes(before) + data, others).decode()[first:end]
            if len(code) >= _PART:
                yield code


def _spelled(secret: str) -> str:
    return "".join(map(_character, secret))


def _character(character: str) -> str:
    code = "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in f"{ord(character):02x}")
    pointer = {"/": "|~1", "~": "|~0"}.get(character, "")
    return rf"(?:\\|u005[cC])*(?:{re.escape(character)}|u00{code}|%{code}{pointer})"


def _undone(text: str) -> str:
    """Undo escapes until none is left, or for so many levels; backslashes are taken out."""
    text = text.replace("\\", "")
    for _ in range(_LEVELS):
        before, text = text, _ESCAPES.sub(_plain, text).replace("\\", "")
        if text == before:
            break
    return text


def _plain(found: re.Match[str]) -> str:
    if found[3]:
        return "~/"[int(found[3])]
    return chr(int(found[1] or found[2], 16))
