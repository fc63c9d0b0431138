"""The body of an OpenAPI operation: which of its media types a call can be made of.

https://spec.openapis.org/oas/v3.1.1.html#request-body-object. JSON comes first, then forms, whose
members are an object's (a file in one is the text that its schema says), then plain text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolfuzz.core.case import Json, JsonObject
from toolfuzz.generate.tools.refs import Refs
from toolfuzz.generate.tools.shapes import ShapeError

__all__ = ["Body", "body_of", "objects"]

_KINDS = (
    r"application/([\w.+-]+\+)?json\b",
    r"application/x-www-form-urlencoded\b",
    r"multipart/form-data\b",
    r"text/plain\b",
)


@dataclass(frozen=True, slots=True)
class Body:
    """A body's schema, as the description has it. ``said`` is the object that describes it."""

    schema: Json
    required: bool
    said: JsonObject


def body_of(refs: Refs, operation: JsonObject, left_out: list[ShapeError]) -> Body | None:
    """Return an operation's body; None where there is none, or it can be done without.

    What is done without is added to ``left_out``. Raises ShapeError where a body that is demanded
    is of no kind that a call can hold.
    """
    body = refs.resolved(operation.get("requestBody") or {})
    content = dict(objects(body.get("content")))
    required = body.get("required") is True
    for wanted in _KINDS:
        for kind, media in content.items():
            if re.match(wanted, kind, re.IGNORECASE) and _has_schema(wanted, media):
                return Body(media.get("schema", {"type": "string"}), required, body)
    if content or required:
        problem = ShapeError("/requestBody", _why(content))
        if required:
            raise problem
        left_out.append(problem)
    return None


def _has_schema(wanted: str, media: JsonObject) -> bool:
    return "schema" in media or wanted == _KINDS[-1]


def _why(content: dict[str, JsonObject]) -> str:
    if not content:
        return "its body has no content"
    kinds = ", ".join(kind[:100] for kind in list(content)[:3])
    if any(re.match(wanted, kind, re.IGNORECASE) for kind in content for wanted in _KINDS):
        return f"its body, {kinds}, has no schema"
    return f"its body is {kinds}; a call can hold JSON, a form or plain text"


def objects(value: Json) -> Iterator[tuple[str, JsonObject]]:
    """Give the members of an object that are objects themselves."""
    if isinstance(value, dict):
        yield from ((str(k), v) for k, v in value.items() if isinstance(v, dict))
