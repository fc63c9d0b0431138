"""The members of one large JSON document, read one after the other."""

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from toolfuzz.core.case import Json
from toolfuzz.core.errors import UsageError

__all__ = ["members"]


def members(file: BinaryIO, prefix: str, *, several: bool = False) -> Iterator[tuple[int, Json]]:
    """Yield the values under ``prefix`` (ijson's: ``item`` in a list), numbered from 1.

    ``several``: the file may hold documents one after the other. Raises UsageError where the
    document breaks off or isn't JSON; what stands before has been yielded by then.
    """
    import ijson

    number = 0
    try:
        for value in ijson.items(file, prefix, multiple_values=several):
            number += 1
            yield number, _plain(value)
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
        told = " ".join(str(error).split("\n")[0].split())
        raise UsageError(f"the document is broken after entry {number}: {told}") from None


def _plain(value: Json) -> Json:
    match value:
        case dict():
            return {key: _plain(held) for key, held in value.items()}
        case list():
            return [_plain(held) for held in value]
        case Decimal():
            return float(value)
    return value
