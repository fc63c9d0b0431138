"""Files of JSON beside a journal: results that were derived from it, and cases that were kept.

They are read as warily as the journal: a folder may come from anybody.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from toolfuzz.core.case import JsonObject
from toolfuzz.core.codec import first_error
from toolfuzz.core.errors import UsageError
from toolfuzz.system.files import written_whole

__all__ = ["MOST_BYTES", "AnyObject", "Count", "read_json", "validated", "write_json"]

MOST_BYTES = 64_000_000

Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
"""How many times something was asked, as a file may say it."""


@dataclass(frozen=True, slots=True)
class AnyObject:
    """The shape of an object of whatever fields."""


def write_json(path: Path, data: JsonObject) -> None:
    """Write a file whole or not at all."""
    with written_whole(path) as file:
        file.write((json.dumps(data, indent=2) + "\n").encode())


def read_json(path: Path, shape: Any, what: str) -> JsonObject:
    """Read a file that must hold an object of that shape (see ``validated``).

    Raises UsageError in one line.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror or error}") from None
    if len(raw) > MOST_BYTES:
        raise UsageError(f"{path} is larger than {MOST_BYTES // 10**6} MB")
    try:
        data = json.loads(raw)
    except RecursionError:
        raise UsageError(f"{path} is nested deeper than can be read") from None
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}") from None
    try:
        return validated(data, shape)
    except UsageError as error:
        raise UsageError(f"{path} is not {what}: {error.message}") from None


def validated(data: Any, shape: Any) -> JsonObject:
    """Return the data as it is when its fields are those of a dataclass; raises UsageError.

    Fields that the shape doesn't name are nobody's business.
    """
    if not isinstance(data, dict):
        raise UsageError("it is no JSON object")
    try:
        _adapter(shape).validate_python(data)
    except ValidationError as error:
        raise UsageError(first_error(error)) from None
    return data


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
