"""Requests that the simulator refuses, in the words and the shape of their wire format."""

from collections.abc import Sequence

from starlette.responses import Response

from toolfuzz.core.case import Tool
from toolfuzz.core.nature import SIMULATOR_LABELS
from toolfuzz.formats import WireFormat
from toolfuzz.formats.plan import Refusal
from toolfuzz.formats.writing import encode_body
from toolfuzz.judge.faults.schema import TooMuchWorkError

__all__ = ["hang_up", "refuse", "unanswerable"]


def refuse(format: WireFormat, refusal: Refusal) -> Response:
    """Return the refusal as an answer."""
    body = encode_body(format.serving.error(refusal))
    headers = SIMULATOR_LABELS | format.serving.error_headers(refusal)
    return Response(body, refusal.status, headers, "application/json")


def hang_up(format: WireFormat, refusal: Refusal) -> Response:
    """Refuse a request that was not read to its end: nothing can follow on this connection."""
    response = refuse(format, refusal)
    response.headers["connection"] = "close"
    return response


def unanswerable(error: Exception, tools: Sequence[Tool]) -> str | None:
    """Say what in the request is to blame for an error while answering, None when nothing is."""
    if isinstance(error, TooMuchWorkError):
        return "tools: their schemas, or the arguments asked for, are too large to work through"
    if isinstance(error, RecursionError):
        return "tools: nested too deep"
    # Loading jsonschema takes longer than most answers.
    from toolfuzz.generate.schema.document import Document
    from toolfuzz.generate.schema.errors import BrokenSchema

    for tool in tools:
        try:
            Document(tool.parameters)
        except BrokenSchema as broken:
            return f"tools: the schema of {tool.name!r}: {broken}"
        except Exception as unread:
            return f"tools: the schema of {tool.name!r} can't be read: {type(unread).__name__}"
    return None
