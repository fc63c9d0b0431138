"""The members of one large JSON document, read one after the other."""

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from toolfuzz.core.case import Json
from toolfuzz.core.errors import UsageError
from toolfuzz.system.lines import LONGEST

__all__ = ["members"]

_PIECE = 1 << 20
_SPACE = re.compile(r"[ \t\n\r]*")
_SELF_DELIMITED = tuple('}]"')
_UNSURE = 16
"""Characters at the end of what is held that may be the beginning of a token."""
_OPEN_STRING = "Unterminated string"
_decode = json.JSONDecoder().raw_decode


def members(file: BinaryIO, prefix: str, *, several: bool = False) -> Iterator[tuple[int, Json]]:
    """Yield the values under ``prefix``, numbered from 1.

    ``prefix`` names keys and the members of lists: ``item`` in a list, ``log.entries.item`` in an
    object. ``several``: the file may hold documents one after the other. Bytes that are not UTF-8
    come as lone surrogates. Raises UsageError where the document breaks off or isn't JSON; what
    stands before has been yielded by then.
    """
    text, path = _Text(file), prefix.split(".") if prefix else ()
    number = 0
    try:
        while text.next_character():
            for value in _under(text, path):
                number += 1
                yield number, value
            if not several and text.next_character():
                raise json.JSONDecodeError("more follows the end of the document", "", 0)
    except json.JSONDecodeError as error:
        told = "the file ends there" if error.msg.startswith(_OPEN_STRING) else error.msg
        raise UsageError(f"the document is broken after entry {number}: {told}") from None
    except RecursionError:
        raise UsageError(f"entry {number + 1} is nested too deeply") from None


def _under(text: "_Text", path: Sequence[str]) -> Iterator[Json]:
    if not path:
        yield text.value()
        return
    opening = text.next_character()
    if opening == "[" and path[0] == "item":
        for _ in text.inside("]"):
            yield from _under(text, path[1:])
    elif opening == "{":
        for _ in text.inside("}"):
            if text.key() == path[0]:
                yield from _under(text, path[1:])
            else:
                text.value()
    else:
        text.value()


class _Text:
    """The text of a file; what has been read of it and not yet used is held."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._held = ""
        self._at = 0

    def next_character(self) -> str:
        """Return the next one that is no space, without using it; "" at the end."""
        while True:
            space = _SPACE.match(self._held, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._read_on():
                return ""

    def value(self) -> Json:
        """Use up a value and return it."""
        self.next_character()
        while True:
            try:
                value, end = _decode(self._held, self._at)
            except json.JSONDecodeError as error:
                if self._goes_on(error) and self._read_on():
                    continue
                raise
            # A number may go on in what was not read yet: of `1.5` that may be `.5`.
            is_sure = len(self._held) - end > _UNSURE or self._held[end - 1] in _SELF_DELIMITED
            if is_sure or not self._read_on():
                self._at = end
                return value

    def key(self) -> Json:
        """Use up a key and its colon."""
        key = self.value()
        self._use(":")
        return key

    def inside(self, closing: str) -> Iterator[None]:
        """Step through what stands between the brackets that begin here."""
        self._at += 1
        if self.next_character() == closing:
            self._at += 1
            return
        yield
        while self._use(",", closing) == ",":
            yield

    def _use(self, *wanted: str) -> str:
        found = self.next_character()
        if found not in wanted:
            told = f"no {' or '.join(wanted)} where one belongs" if found else "the file ends there"
            raise json.JSONDecodeError(told, "", 0)
        self._at += 1
        return found

    def _goes_on(self, error: json.JSONDecodeError) -> bool:
        """Whether more text may turn what is held into a value."""
        is_open = error.msg.startswith(_OPEN_STRING)
        return is_open or len(self._held) - error.pos <= _UNSURE

    def _read_on(self) -> bool:
        """Read as much again as is held, so that a long value isn't tried too often."""
        left = len(self._held) - self._at
        if left > LONGEST:
            raise UsageError(f"a value of more than {LONGEST >> 20} MiB")
        piece = self._file.read(max(_PIECE, left))
        more = self._decoder.decode(piece, final=not piece)
        if not piece:
            self._held += more
            return False
        self._held, self._at = self._held[self._at :] + more, 0
        return True
