"""Two strings that should be equal: what happened to the text on its way.

The tests run from the certain to the likely. When none explains the pair as it stands, those that
allow it run again without outer whitespace: a parser that decodes entities often strips as well,
and then the finer of the two is named.
"""

import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

from toolfuzz.core.case import Json
from toolfuzz.core.json import JsonError, parse
from toolfuzz.core.jsonvalue import equal
from toolfuzz.judge.repair import is_unread, python_literal

__all__ = ["NATIVE_MARKUP", "THINKING", "explain", "json_text", "markup_in"]

Explanation = tuple[str, str]

_TAGS = r"</?arg_(?:key|value)>|</?tool_calls?>|</?invoke\b|</?(?:parameter|function)(?=[ =>])"
NATIVE_MARKUP = re.compile(
    rf"{_TAGS}|<[|｜][^|｜<>\n]{{1,40}}[|｜]>|DSML|\bparameter name=", re.ASCII
)
THINKING = re.compile(
    r"</?think(?:ing)?>|</?reasoning>|\[/?THINK\]|◁/?think▷|<\|channel\|>|<\|start\|>assistant"
)
_DELIMITER = re.compile(rf"{_TAGS}|<[|｜]|</?think", re.ASCII)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LETTER = {ord(v): k for k, v in _ESCAPED.items()} | {ord("\\"): None}
_MISREADINGS = ("latin-1", "cp1252", "cp437", "mac-roman", "gbk", "shift-jis", "euc-kr")
_WORDS = {"none": "null", "null": "null", "nil": "null", "true": "true", "false": "false"}


def explain(expected: str, got: str) -> Explanation | None:
    """Return (slug, message) of the first explanation why ``got`` stands for ``expected``."""
    for test in (_encoding, _whitespace, _delimiter, _emptied, *_CONTENT):
        found = test(expected, got)
        if found:
            return found
    bare, bare_got = expected.strip(), got.strip()
    if (bare, bare_got) != (expected, got):
        for test in _CONTENT:
            found = test(bare, bare_got)
            if found:
                return found[0], f"{found[1]}; outer whitespace changed as well"
    return None


def markup_in(text: str, expected: str = "") -> str | None:
    """Return a piece of native tool markup that the expected text does not hold, else None."""
    return _foreign(NATIVE_MARKUP, expected, text)


def json_text(text: str, opening: str = "[{") -> Json:
    """Return the array or object that the text spells in JSON, else None."""
    if text.lstrip()[:1] not in tuple(opening):
        return None
    try:
        return parse(text).value
    except JsonError:
        return None


def _whitespace(expected: str, got: str) -> Explanation | None:
    if expected.strip() != got.strip():
        return None
    before, after = _outer(expected)
    got_before, got_after = _outer(got)
    sides = [
        side
        for side, was, now in (("start", before, got_before), ("end", after, got_after))
        if was != now
    ]
    at = " and ".join(sides)
    if _within(got_before, before) and _within(got_after, after):
        return "whitespace-stripped", f"whitespace lost at the {at}"
    if _within(before, got_before) and _within(after, got_after):
        return "whitespace-added", f"whitespace added at the {at}"
    return None


def _emptied(expected: str, got: str) -> Explanation | None:
    if expected.strip() and not got.strip():
        return "value-emptied", "the text is gone"
    return None


def _encoding(expected: str, got: str) -> Explanation | None:
    if expected.isascii() and got.isascii():
        return None
    if got.count("\ufffd") > expected.count("\ufffd"):
        return "args-unicode-corrupt", "replacement characters (U+FFFD) instead of text"
    if any("\ud800" <= c <= "\udfff" for c in got):
        return "args-unicode-corrupt", "half of a surrogate pair"
    if unicodedata.normalize("NFC", expected) == unicodedata.normalize("NFC", got):
        return "args-unicode-corrupt", "combining characters were normalised"
    codec = _misread_as(expected, got)
    if codec is not None:
        return "args-unicode-corrupt", f"UTF-8 bytes read as {codec}"
    if expected.strip() == got.strip():
        return None
    if got.strip() and _lost_characters(expected, got):
        return "args-unicode-corrupt", "non-ASCII characters are lost"
    if _one_digit_off(expected, got):
        return "args-unicode-corrupt", "one hex digit of a character's number differs"
    if got == "".join(chr(ord(c) & 0xFFFF) for c in expected):
        return "args-unicode-corrupt", "characters are cut to 16 bits"
    if got == re.sub(r"[^\x00-\x7f]", "?", expected):
        return "args-unicode-corrupt", "question marks instead of non-ASCII characters"
    return None


def _array_wrapped(expected: str, got: str) -> Explanation | None:
    if json_text(got, "[") == [expected]:
        return "string-array-wrapped", "the text of a JSON array around the string"
    return None


def _entities(expected: str, got: str) -> Explanation | None:
    if "&" in got and html.unescape(got) == expected:
        return "html-entity-encoded", "characters came as HTML entities"
    if "&" in expected and html.unescape(expected) == got:
        return "html-entity-decoded", "HTML entities of the text were decoded"
    return None


def _delimiter(expected: str, got: str) -> Explanation | None:
    if not expected.startswith(got):
        return None
    tail = expected[len(got) :].lstrip()
    match = _DELIMITER.match(tail)
    if match is None:
        return None
    return "delimiter-truncated", f"cut at {tail[:16]!r}, which is part of the text"


def _escapes(expected: str, got: str) -> Explanation | None:
    if "\\" not in expected and "\\" not in got:
        quoted = got[:1] == '"' and got == json.dumps(expected, ensure_ascii=False)
        return ("escape-level-shift", "quoted once more") if quoted else None
    if got == _unescaped(expected):
        return "escape-level-shift", "unescaped once too often"
    if expected in (_unescaped(got), _unescaped(got[1:-1] if got[:1] == '"' else got)):
        return "escape-level-shift", "escaped once too often"
    if expected.translate(_LETTER) == got.translate(_LETTER):
        return "escape-level-shift", "only backslashes and what they escape differ"
    return None


def _leak(expected: str, got: str) -> Explanation | None:
    thinking = _foreign(THINKING, expected, got)
    if thinking:
        return "reasoning-leak-in-args", f"{thinking!r} leaked into the text"
    markup = _foreign(NATIVE_MARKUP, expected, got)
    if markup:
        return "args-native-markup", f"{markup!r} in the text"
    return None


def _normalised(expected: str, got: str) -> Explanation | None:
    number = _number(expected)
    if number is not None and number == _number(got):
        return "string-normalised", "the text went through a number"
    word = _WORDS.get(expected.strip().casefold())
    if word is not None and word == _WORDS.get(got.strip().casefold()):
        return "string-normalised", "the text went through a literal"
    wanted = json_text(expected)
    if wanted is None:
        return None
    reread = json_text(got)
    if reread is None and got[:1] in ("{", "["):
        reread = python_literal(got)
    if not is_unread(reread) and reread is not None and equal(reread, wanted):
        return "string-normalised", "the text is the same value, written anew"
    return None


_CONTENT: tuple[Callable[[str, str], Explanation | None], ...] = (
    _array_wrapped,
    _entities,
    _delimiter,
    _escapes,
    _leak,
    _normalised,
)


def _number(text: str) -> float | int | None:
    """Read a text as Python's number literals do, leading zeros allowed; None if it is none."""
    plain = text.strip()
    if len(plain) > 400 or not plain[:2].lstrip("+-.")[:1].isdigit() or not plain.isascii():
        return None
    for base in (10, 0):
        try:
            return int(plain, base)
        except ValueError:
            continue
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None


def _unescaped(text: str) -> str:
    """Undo one level of JSON escapes; what is no JSON escape stays."""

    def undo(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        return _ESCAPED.get(match[2]) or (match[2] if match[2] in '"\\/' else match[0])

    return _ESCAPE.sub(undo, text)


def _foreign(regex: re.Pattern[str], expected: str, got: str) -> str | None:
    first = regex.search(got)
    if first is None:
        return None
    known = Counter(match[0] for match in regex.finditer(expected))
    foreign = Counter(match[0] for match in regex.finditer(got)) - known
    return next(iter(foreign), None)


def _outer(text: str) -> tuple[str, str]:
    head = text[: len(text) - len(text.lstrip())]
    return head, text[len(text.rstrip()) :] if len(head) < len(text) else ""


def _within(part: str, whole: str) -> bool:
    return part in whole


def _misread_as(expected: str, got: str) -> str | None:
    """Return the encoding in which the bytes of ``expected`` read as ``got``."""
    for codec in _MISREADINGS:
        try:
            if got.encode(codec).decode() == expected:
                return codec
        except UnicodeError:
            continue
    return None


def _lost_characters(expected: str, got: str) -> bool:
    """Whether ``got`` is ``expected`` without some (or all) of its non-ASCII characters."""
    left = iter(expected)
    for char in got:
        for other in left:
            if other == char:
                break
            if other.isascii():
                return False
        else:
            return False
    return not any(other.isascii() for other in left)


def _one_digit_off(expected: str, got: str) -> bool:
    """Whether the texts differ by one hex digit a character, as a misspelled ``\\uXXXX`` does."""
    if len(expected) != len(got):
        return False
    pairs = [(a, b) for a, b in zip(expected, got, strict=True) if a != b]
    return all(
        not (a.isascii() or b.isascii())
        and sum(x != y for x, y in zip(f"{ord(a):06x}", f"{ord(b):06x}", strict=True)) == 1
        for a, b in pairs
    )
