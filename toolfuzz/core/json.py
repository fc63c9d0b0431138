"""A JSON reader that repairs nothing and names what is odd (RFC 8259).

Python's ``json`` accepts NaN, duplicate keys and lone surrogates without a word and forgets how a
number was spelled. Here each of them is an ``Issue``, and duplicate pairs and number tokens survive
in the value. ``json_prefix`` says whether text that can't be loaded merely stops too early.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, NamedTuple

__all__ = [
    "Document",
    "Duplicates",
    "Float",
    "Issue",
    "IssueKind",
    "JsonError",
    "dumps",
    "loads",
    "parse",
    "parse_prefix",
    "skip_space",
]

IssueKind = Literal["duplicate-key", "nonfinite", "lone-surrogate"]


class Float(float):
    """A number written with a fraction or an exponent; ``token`` is its spelling (``"1e2"``)."""

    __slots__ = ("token",)
    token: str

    def __new__(cls, token: str) -> "Float":
        """Read the token; ``1e999`` becomes inf, as in Python."""
        self = super().__new__(cls, token)
        self.token = token
        return self

    def __reduce__(self) -> tuple[type["Float"], tuple[str]]:
        """Pickle the spelling, from which the number is read again."""
        return Float, (self.token,)


class Duplicates(dict[str, Any]):
    """An object in which a key came twice: a dict (last one wins) that keeps all ``pairs``."""

    __slots__ = ("pairs",)
    pairs: list[tuple[str, Any]]

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that Python would load and RFC 8259 doesn't allow or warns of."""

    kind: IssueKind
    detail: str


class Document(NamedTuple):
    """A loaded value, its issues, and where it ended in the text."""

    value: Any
    issues: tuple[Issue, ...]
    end: int


class JsonError(ValueError):
    """Text that can't be loaded: ``pos`` (characters) and ``reason``.

    ``reason`` is Python's message, or ``trailing`` (a whole value and then more text),
    ``too-deep`` or ``number-too-long``.
    """

    def __init__(self, reason: str, pos: int) -> None:
        super().__init__(f"{reason} at character {pos}")
        self.reason = reason
        self.pos = pos


_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE_HINT = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_MOST_LONE = 1000
_INFINITE = (float("inf"), float("-inf"))


class _OddError(Exception):
    """Something in the text must be noted."""


def _plain_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _OddError
    return value


def _plain_float(token: str) -> Float:
    value = Float(token)
    if value in _INFINITE:
        raise _OddError
    return value


def _no_constant(token: str) -> Any:
    raise _OddError


# Takes no notes, so that one does for all texts: a stream has 100,000, hardly one of them odd.
_PLAIN = json.JSONDecoder(
    object_pairs_hook=_plain_pairs, parse_float=_plain_float, parse_constant=_no_constant
)


class _Reader:
    """json.JSONDecoder with hooks that take notes. One per text: the notes are its state."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._pairs,
            parse_float=self._float,
            parse_int=self._int,
            parse_constant=self._constant,
        )

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                self.issues.append(Issue("duplicate-key", key))
            seen.add(key)
        return Duplicates(pairs)

    def _float(self, token: str) -> Float:
        value = Float(token)
        if value in _INFINITE:
            self.issues.append(Issue("nonfinite", token))
        return value

    def _int(self, token: str) -> int | Float:
        if token == "-0":
            return Float(token)
        try:
            return int(token)
        except ValueError:  # more digits than CPython converts, 4,300 by default
            raise JsonError("number-too-long", 0) from None

    def _constant(self, token: str) -> Float:
        self.issues.append(Issue("nonfinite", token))
        return Float(token)


def parse_prefix(text: str, start: int = 0) -> Document:
    """Load the first JSON value at ``start`` and say where it ends; raise JsonError if none."""
    begin = skip_space(text, start)
    try:
        document = _plain(text, begin) or _noted(text, begin)
    except json.JSONDecodeError as error:
        raise JsonError(error.msg, error.pos) from None
    except RecursionError:
        raise JsonError("too-deep", begin) from None
    if text.isascii() and text.find("\\u", begin, document.end) < 0:
        return document
    if _SURROGATE_HINT.search(text, begin, document.end):
        found = islice(_lone_surrogates(document.value), _MOST_LONE)
        lone = (Issue("lone-surrogate", each) for each in found)
        return document._replace(issues=(*document.issues, *lone))
    return document


def _plain(text: str, begin: int) -> Document | None:
    """Load a value in which nothing must be noted; None if something must."""
    try:
        value, end = _PLAIN.raw_decode(text, begin)
    except json.JSONDecodeError:
        raise
    except (_OddError, ValueError):  # an integer too long for Python is a ValueError
        return None
    # Python reads -0 as 0.
    return Document(value, (), end) if text.find("-0", begin, end) < 0 else None


def _noted(text: str, begin: int) -> Document:
    reader = _Reader()
    value, end = reader.decoder.raw_decode(text, begin)
    return Document(value, tuple(reader.issues), end)


def parse(text: str) -> Document:
    """Load exactly one JSON value, space around it allowed; issues are listed, not raised.

    Raises JsonError; its reason is ``trailing`` when more text follows a whole value.
    """
    document = parse_prefix(text)
    rest = skip_space(text, document.end)
    if rest != len(text):
        raise JsonError("trailing", rest)
    return document


def loads(text: str) -> Any:
    """Load one JSON value and raise JsonError for any issue as well."""
    document = parse(text)
    for issue in document.issues:
        raise JsonError(f"{issue.kind} {issue.detail!r}", 0)
    return document.value


def dumps(value: Any) -> str:
    """Write JSON that ``parse`` reads back as the same value: tokens and duplicate pairs kept."""
    return "".join(_write(value))


def beginning(value: Any, most: int) -> str:
    """Return at least the first ``most`` characters that ``dumps`` would write, or all of them."""
    size, pieces = 0, []
    for piece in _write(value, most):
        pieces.append(piece)
        size += len(piece)
        if size >= most:
            break
    return "".join(pieces)


def _write(value: Any, most: int | None = None) -> Iterator[str]:
    """Yield the text in pieces; of a string only so many characters."""
    match value:
        case Float():
            yield value.token
        case dict():
            pairs = value.pairs if isinstance(value, Duplicates) else value.items()
            yield "{"
            for n, (key, item) in enumerate(pairs):
                yield f"{',' if n else ''}{json.dumps(key, ensure_ascii=False)}:"
                yield from _write(item, most)
            yield "}"
        case list() | tuple():
            yield "["
            for n, item in enumerate(value):
                if n:
                    yield ","
                yield from _write(item, most)
            yield "]"
        case str():
            yield json.dumps(value[:most], ensure_ascii=False)
        case _:
            yield json.dumps(value, ensure_ascii=False)


def skip_space(text: str, start: int) -> int:
    """Return where the blanks at ``start`` end."""
    if text[start : start + 1] > " ":
        return start
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _lone_surrogates(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield from (f"\\u{ord(c[0]):04x}" for c in _LONE.finditer(node))
        elif isinstance(node, dict):
            pairs = node.pairs if isinstance(node, Duplicates) else node.items()
            for key, item in pairs:
                stack += [key, item]
        elif isinstance(node, list):
            stack += node
