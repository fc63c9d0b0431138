"""Argument texts as the outer layers need them: loaded, comparable, and as far as they got."""

import json
import re
from functools import lru_cache
from typing import Any

from toolfuzz.core import effort
from toolfuzz.core import json as strictjson
from toolfuzz.core.case import Json, JsonObject
from toolfuzz.core.jsonvalue import canonical

__all__ = ["agrees", "forget", "listed", "load", "objects", "parsed", "spellings"]

_LARGE = 256 * 1024
"""Characters of a text from which on few are kept."""


def load(raw: str) -> JsonObject | None:
    """Return the object that the text holds, or None when it isn't exactly one JSON object.

    Raises TooMuchError for a text of too many values (see ``effort.weigh``).
    """
    return _load(raw) if len(raw) > _LARGE else _load_again(raw)


def _load(raw: str) -> JsonObject | None:
    try:
        value = parsed(raw).value
    except strictjson.JsonError:
        return None
    return value if isinstance(value, dict) else None


_load_again = lru_cache(maxsize=16)(_load)
_parse_again = lru_cache(maxsize=16)(strictjson.parse)
_parse_large = lru_cache(maxsize=1)(strictjson.parse)


def parsed(raw: str) -> strictjson.Document:
    """Parse a text, once for all who ask in a row; of large ones the last, until ``forget``.

    Who asks shares the value, and must not change it. Raises JsonError, and TooMuchError as
    ``load`` does.
    """
    effort.weigh(raw)
    return _parse_large(raw) if len(raw) > _LARGE else _parse_again(raw)


def forget() -> None:
    """Let go of the large text that was read last."""
    _parse_large.cache_clear()


def objects(raw: str) -> list[str]:
    """Return the texts of the JSON objects that follow each other in ``raw``; [] if it differs.

    A comma or a semicolon may stand between two.
    """
    texts = []
    pos = 0
    while _SPACE.fullmatch(raw, pos) is None:
        try:
            document = strictjson.parse_prefix(raw, pos)
        except strictjson.JsonError:
            return []
        if not isinstance(document.value, dict):
            return []
        texts.append(raw[pos : document.end])
        between = _BETWEEN.match(raw, document.end)
        pos = between.end() if between else document.end
    return texts


def listed(raw: str) -> list[str]:
    """Return the texts of the objects in the JSON list that ``raw`` is; [] if it is none."""
    try:
        items = strictjson.parse(raw).value if raw.lstrip().startswith("[") else []
    except strictjson.JsonError:
        return []
    several = len(items) > 1 and all(isinstance(item, dict) for item in items)
    return [strictjson.dumps(item) for item in items] if several else []


def spellings(value: JsonObject) -> tuple[str, ...]:
    """Return the value in the spellings that servers use: compact, spaced, escaped or not."""
    return tuple(
        dict.fromkeys(
            json.dumps(value, ensure_ascii=ascii_only, separators=separators)
            for separators in ((",", ":"), (", ", ": "))
            for ascii_only in (False, True)
        )
    )


_SPACE = re.compile(r"[ \t\r\n]*")
_BETWEEN = re.compile(r"\s*[,;]\s*(?=\{)")
_TOKEN = re.compile(
    r'[ \t\r\n]*(?:([{}\[\],:])|("(?:[^"\\]|\\.)*")|("(?:[^"\\]|\\.)*\\?\Z)|([^\s{}\[\],:"]+))',
    re.DOTALL,
)


class _StoppedError(Exception):
    """The text ended here, in agreement so far."""


class _DiffersError(Exception):
    """The text says something else than the value."""


def agrees(text: str, value: JsonObject) -> bool:
    """Whether ``text`` is the beginning of some spelling of ``value``, keys in any order.

    Walks text and value side by side, so each byte is looked at once. The empty text agrees.
    """
    try:
        _walk(_Tokens(text), value)
    except _StoppedError:
        return True
    except (_DiffersError, RecursionError):
        return False
    return True


class _Tokens:
    """The text's tokens one by one; ``partial`` says that the token touches the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0

    def next(self) -> tuple[str, bool]:
        match = _TOKEN.match(self.text, self.pos)
        if match is None:
            if self.text[self.pos :].strip():
                raise _DiffersError
            raise _StoppedError
        self.pos = match.end()
        token = match[match.lastindex or 0]
        partial = match.lastindex == 3 or (match.lastindex == 4 and self.pos == len(self.text))
        return token, partial

    def expect(self, char: str) -> None:
        if self.next()[0] != char:
            raise _DiffersError


def _walk(tokens: _Tokens, value: Any) -> None:
    token, partial = tokens.next()
    match value:
        case dict():
            _expect(token, "{")
            _members(tokens, dict(value))
        case list() | tuple():
            _expect(token, "[")
            for n, item in enumerate(value):
                if n:
                    tokens.expect(",")
                _walk(tokens, item)
            tokens.expect("]")
        case str():
            if _text_of(token, partial, value) != value:
                raise _DiffersError
        case _:
            if partial and _spelled(value).startswith(token):
                raise _StoppedError
            try:
                same = canonical(strictjson.parse(token).value) == canonical(value)
            except strictjson.JsonError:
                raise _DiffersError from None
            if not same:
                raise _DiffersError


def _members(tokens: _Tokens, left: JsonObject) -> None:
    first = True
    while left:
        token, partial = tokens.next()
        if not first:
            _expect(token, ",")
            token, partial = tokens.next()
        first = False
        if partial:
            _text_of(token, partial, *left)
            raise _StoppedError
        key = _text_of(token, partial, *left)
        tokens.expect(":")
        _walk(tokens, left.pop(key))
    tokens.expect("}")


def _expect(token: str, wanted: str) -> None:
    if token != wanted:
        raise _DiffersError


def _spelled(value: Json) -> str:
    return json.dumps(value)


def _text_of(token: str, partial: bool, *wanted: str) -> str:
    """Return which of the wanted strings the token spells; a cut token must begin one."""
    if not token.startswith('"'):
        raise _DiffersError
    if not partial:
        try:
            text = json.loads(token, strict=False)
        except ValueError:
            raise _DiffersError from None
        if text not in wanted:
            raise _DiffersError
        return str(text)
    whole = re.sub(r"\\(?:u[0-9a-fA-F]{0,3})?\Z", "", token) if token.count("\\") else token
    for candidate in (whole, token):
        try:
            text = json.loads(candidate + '"', strict=False)
        except ValueError:
            continue
        # Half of a surrogate pair may be all that came of the last character.
        text = re.sub("[\ud800-\udbff]\\Z", "", text)
        if any(word.startswith(text) for word in wanted):
            raise _StoppedError
    raise _DiffersError
