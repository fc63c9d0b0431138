"""Characters were replaced or damaged."""

import re
import unicodedata
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.defects._some import some
from toolfuzz.judge.differences import Reworded
from toolfuzz.judge.example import value
from toolfuzz.judge.faults import KEEP, changes
from toolfuzz.judge.faults.schema import Spot
from toolfuzz.judge.texts import Odd

_MISREADINGS = ("latin-1", "cp1252", "cp437", "mac-roman", "gbk", "shift-jis", "euc-kr")


def explain_text(fact: Reworded) -> str | None:
    """Look for what damages characters and leaves ASCII alone."""
    expected, came = str(fact.expected), str(fact.came)
    if expected.isascii() and came.isascii():
        return None
    if came.count("\ufffd") > expected.count("\ufffd"):
        return "replacement characters (U+FFFD) instead of text"
    if any("\ud800" <= c <= "\udfff" for c in came):
        return "half of a surrogate pair"
    if unicodedata.normalize("NFC", expected) == unicodedata.normalize("NFC", came):
        return "combining characters were normalised"
    if _typographic(expected, came):
        return "typographic quotes, dashes or spaces stand for plain ones (or the other way round)"
    codec = _misread_as(expected, came)
    if codec is not None:
        return f"UTF-8 bytes read as {codec}"
    if expected.strip() == came.strip():
        return None
    if came.strip() and _lost_characters(expected, came):
        return "non-ASCII characters are lost"
    if _one_digit_off(expected, came):
        return "one hex digit of a character's number differs"
    if came == "".join(chr(ord(c) & 0xFFFF) for c in expected):
        return "characters are cut to 16 bits"
    if came == re.sub(r"[^\x00-\x7f]", "?", expected):
        return "question marks instead of non-ASCII characters"
    return None


def explain_odd(fact: Odd) -> str | None:
    """Look for half of a surrogate pair, which can't be written as UTF-8."""
    odd = fact.kind == "lone-surrogate"
    return f"half of a surrogate pair: {some(fact.details)}" if odd else None


_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u2002\u2003", " "),
    "\u2026": "...",
}
_TYPED = str.maketrans(_PLAIN)
# Two or three hyphens are what a long dash stands for.
_HYPHENS = re.compile("-{2,3}")


def _typographic(expected: str, came: str) -> bool:
    """Whether the texts are equal but for the shape of quotes, dashes, spaces and ellipses."""
    one, other = expected.translate(_TYPED), came.translate(_TYPED)
    if one == other:
        return True
    return _HYPHENS.sub("-", one) == _HYPHENS.sub("-", other) and "-" in one


def _misread_as(expected: str, came: str) -> str | None:
    """Return the encoding in which the bytes of ``expected`` read as ``came``."""
    for codec in _MISREADINGS:
        try:
            if came.encode(codec).decode() == expected:
                return codec
        except UnicodeError:
            continue
    return None


def _lost_characters(expected: str, came: str) -> bool:
    """Whether ``came`` is ``expected`` without some (or all) of its non-ASCII characters."""
    left = iter(expected)
    for char in came:
        for other in left:
            if other == char:
                break
            if other.isascii():
                return False
        else:
            return False
    return not any(other.isascii() for other in left)


def _one_digit_off(expected: str, came: str) -> bool:
    """Whether the texts differ by one hex digit a character, as a misspelled ``\\uXXXX`` does."""
    if len(expected) != len(came):
        return False
    return all(
        not (a.isascii() or b.isascii())
        and sum(x != y for x, y in zip(f"{ord(a):06x}", f"{ord(b):06x}", strict=True)) == 1
        for a, b in zip(expected, came, strict=True)
        if a != b
    )


_SCHEMA = {"type": "string"}


def simulate(place: Spot, rng: Random) -> Any:
    """UTF-8 is decoded in pieces, so that characters become U+FFFD."""
    text = place.value
    if not isinstance(text, str) or text.isascii():
        return KEEP
    at = next(n for n, char in enumerate(text) if not char.isascii())
    return text[:at] + "\ufffd" * len(text[at].encode(errors="replace")) + text[at + 1 :]


DEFECT = Defect(
    slug="args-unicode-corrupt",
    group="A",
    tells_of="serialization",
    harm="value",
    title="Characters were replaced or damaged",
    severity="error",
    layer="arguments",
    stage="values",
    usual=(
        "a server or gateway that cuts UTF-8 or UTF-16 between chunks, or a model that spells "
        "\\uXXXX"
    ),
    help=(
        "Compare plain and streamed replies: damage only in streams means that bytes are "
        "decoded chunk by chunk. Damage in both comes from the model."
    ),
    example='{"name":"\\ufffd\\ufffd"}',
    sources=(
        "openclaw/openclaw#115536",
        "Yeachan-Heo/gajae-code#4352",
        "anthropics/claude-code#43485",
    ),
    explain={Reworded: explain_text, Odd: explain_odd},
    outranks=before("args-unicode-corrupt"),
    fault=changes(simulate),
    examples=(
        value('"��"', "日本", _SCHEMA),
        value('"日木"', "日本", _SCHEMA),
        value('"东京"', "北京", _SCHEMA, found=False),
        value('"/^[“’(]+/"', "/^[\"'(]+/", _SCHEMA),
        value('"it\u2019s a \u2014 b"', "it's a -- b", _SCHEMA),
        value('"it\'s"', "it\u2019s", _SCHEMA),
        value('"“quoted”"', '"other"', _SCHEMA, found=False),
        value('"�"', "�", _SCHEMA, found=False),
    ),
)
