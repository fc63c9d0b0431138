"""A request as the simulator got it."""

import json
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.ask import Ask
from toolfuzz.core.case import JsonObject
from toolfuzz.formats import Request, WireFormat

__all__ = ["BadRequestError", "Question", "read_question"]


class BadRequestError(ValueError):
    """The request is not one that the wire format allows."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in which format, by which body; ``size`` is the body's length in bytes."""

    format: WireFormat
    ask: Ask
    body: JsonObject
    size: int


def read_question(
    format: WireFormat, body: Any, size: int | None = None, *, path: str = ""
) -> Question:
    """Read a request body; raises BadRequestError that names the field which is wrong."""
    if not isinstance(body, dict):
        raise BadRequestError("the request body is not a JSON object")
    if reason := format.serving.refuses(Request(path, body)):
        raise BadRequestError(reason)
    if size is None:
        size = len(json.dumps(body))
    return Question(format, format.read_request(body, path=path), body, size)
