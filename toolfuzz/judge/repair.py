"""Readings of argument text that is no JSON: what must be undone so that it loads.

Each function returns the mended text, or None when there is nothing for it to mend. All of them
are linear in the text and leave the inside of strings alone, unless the string is the fault.
"""

import ast
import json
import re
import warnings

from toolfuzz.core.case import Json
from toolfuzz.core.effort import MOST_VALUES
from toolfuzz.core.json import Float

__all__ = [
    "control_characters",
    "doubled_backslashes",
    "escape_control_characters",
    "is_unread",
    "mend_escapes",
    "mend_python_words",
    "mend_split_literal",
    "python_literal",
    "quote_barewords",
    "strip_commas",
    "unfence",
]

_MOST_PYTHON_TEXT = 200_000
_MOST_PYTHON_DEPTH = 90

_STRING = r'"(?:[^"\\]++|\\.)*+(?:"|\Z)'
_STRINGS = re.compile(_STRING, re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)", re.DOTALL)
_COMMA = re.compile(rf"({_STRING})|,(?=\s*+[}}\]])", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([\"\\/bfnrt]|u[0-9a-fA-F]{4})|(.?))", re.DOTALL)
_PYTHON_WORD = re.compile(rf"({_STRING})|\b(True|False|None)\b", re.DOTALL)
_PYTHON_STRING = re.compile(r"'(?:[^'\\]++|\\.)*+'|\"(?:[^\"\\]++|\\.)*+\"", re.DOTALL)
_FENCE = re.compile(r"\s*```[A-Za-z0-9_+-]*[ \t]*\r?\n?")
_BAREWORD = re.compile(
    r"\s*+(?:(?P<string>\"(?:[^\"\\]++|\\.)*+\")(?=\s*[:,}\]]|\s*\Z)|(?P<mark>[{}\[\],:])"
    r"|(?P<word>[^\s\"{}\[\],:'][^,{}\[\]\n\"]*+\"?))",
    re.DOTALL,
)
_LITERAL = re.compile(r"(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)\Z")
_SPLIT_WORD = re.compile(
    r"([:\[,]\s*+)\"(?:t(?:ru?)?(?=true)|f(?:al?s?)?(?=false)|n(?:ul?)?(?=null))(true|false|null)"
    r"(?=\s*[,}\]])"
)
_SPLIT_NUMBER = re.compile(r"([:\[,]\s*+)\"(-?\d{1,20})(?=(\2\d{0,20})(?=\s*[,}\]]))\3")


class _Unread:
    """Says that a text could not be read; None is a value."""


_UNREAD = _Unread()


def unfence(text: str) -> str | None:
    """Return the inside of a markdown fence; the closing fence may be missing."""
    opening = _FENCE.match(text)
    if opening is None:
        return None
    end = text.rfind("```")
    return text[opening.end() : end if end >= opening.end() else len(text)]


def control_characters(text: str) -> list[str]:
    """Return the raw control characters inside the text's strings, as ``U+000A``, each once."""
    found = {c for s in _STRINGS.finditer(text) for c in _CONTROL.findall(s[0])}
    return [f"U+{ord(c):04X}" for c in sorted(found)]


def escape_control_characters(text: str) -> str | None:
    """Escape the control characters that stand raw inside strings."""
    return _changed(text, _STRINGS.sub(lambda m: _CONTROL.sub(_escaped, m[0]), text))


def strip_commas(text: str) -> str | None:
    """Remove comments and the commas before a closing bracket."""
    without_comments = _COMMENT.sub(lambda m: m[1] or " ", text)
    return _changed(text, _COMMA.sub(lambda m: m[1] or "", without_comments))


def mend_escapes(text: str) -> str | None:
    """Double each backslash that starts no JSON escape; ``\\'`` becomes a plain quote."""

    def mend(match: re.Match[str]) -> str:
        if match[1]:
            return match[0]
        return "'" if match[2] == "'" else "\\" + match[0]

    return _changed(text, _STRINGS.sub(lambda m: _ESCAPE.sub(mend, m[0]), text))


def doubled_backslashes(text: str) -> str:
    """Double every backslash but those before a quote: nothing in the text was ever escaped."""
    return re.sub(r"\\(?!\")", r"\\\\", text)


def mend_python_words(text: str) -> str | None:
    """Write True, False and None as JSON does."""
    words = {"True": "true", "False": "false", "None": "null"}
    return _changed(text, _PYTHON_WORD.sub(lambda m: m[1] or words[m[2]], text))


def quote_barewords(text: str) -> str | None:
    """Quote values without quotes, or with a closing quote only."""
    pieces: list[str] = []
    pos = 0
    while match := _BAREWORD.match(text, pos):
        word = match["word"]
        if word is None or _LITERAL.match(word.rstrip()):
            pieces.append(match[0])
        else:
            bare = word.rstrip()
            bare = bare[:-1] if bare.endswith('"') else bare
            pieces.append(json.dumps(bare, ensure_ascii=False))
        pos = match.end()
        if len(pieces) > MOST_VALUES:
            return None
    return _changed(text, "".join(pieces)) if not text[pos:].strip() else None


def mend_split_literal(text: str) -> str | None:
    """Undo a literal that began as a string and was then sent again: ``"trutrue``, ``"1212``."""
    mended = _SPLIT_WORD.sub(r"\1\2", text)
    return _changed(text, _SPLIT_NUMBER.sub(r"\1\3", mended))


def python_literal(text: str) -> Json:
    """Read a Python literal as the JSON value it means; ``is_unread`` tells when it is none.

    Texts above 200,000 characters or 90 levels are not tried: Python's parser is not linear in
    memory and stops at a depth of its own.
    """
    if len(text) > _MOST_PYTHON_TEXT or _depth(text) > _MOST_PYTHON_DEPTH:
        return _UNREAD
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _as_json(ast.literal_eval(text.strip()))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return _UNREAD


def is_unread(value: Json) -> bool:
    """Whether ``python_literal`` could not read the text."""
    return value is _UNREAD


def _as_json(value: Json) -> Json:
    match value:
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise ValueError("a key that is no string")
            return {key: _as_json(item) for key, item in value.items()}
        case list() | tuple() | set():
            return [_as_json(item) for item in value]
        case float():
            return Float(repr(value))
        case None | bool() | int() | str():
            return value
        case _:
            raise ValueError("no JSON value")


def _depth(text: str) -> int:
    level = deepest = 0
    for bracket in re.findall(r"[\[({\])}]", _PYTHON_STRING.sub("", text)):
        level += 1 if bracket in "[({" else -1
        deepest = max(deepest, level)
    return deepest


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]


def _changed(text: str, mended: str) -> str | None:
    return None if mended == text else mended
