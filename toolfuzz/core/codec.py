"""Nouns to JSON and back. Every file carries ``format_version``."""

import base64
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.core.verdict import Verdict

__all__ = [
    "FORMAT_VERSION",
    "attempt_from_json",
    "attempt_to_json",
    "case_from_json",
    "case_to_json",
    "exchange_from_json",
    "exchange_to_json",
    "verdict_from_json",
    "verdict_to_json",
]

FORMAT_VERSION = 1

T = TypeVar("T")


@cache
def _adapter(cls: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(cls)


def _plain(value: Any) -> Any:
    """Turn (nested) slotted dataclasses into dicts; leave JSON values as they are, unshared."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__slots__}
    return value


def case_to_json(case: Case) -> JsonObject:
    """Return the case as JSON; ids are included for people and recomputed on reading."""
    data: JsonObject = {"format_version": FORMAT_VERSION, **_plain(case)}
    return data


def case_from_json(data: JsonObject, *, keep_ids: bool = False) -> Case:
    """Read a case; raises UsageError that names the first wrong field.

    Ids are recomputed, so that an edited case is another one. A journal's stay as they are written
    (``keep_ids``): its other lines refer to them, and an earlier version may have hashed otherwise.
    """
    case = _read(Case, data, lambda d: {k: v for k, v in d.items() if k not in _NOT_READ})
    if keep_ids:
        for name in ("id", "schema_id"):
            if isinstance(data.get(name), str):
                object.__setattr__(case, name, data[name])
    return case


def verdict_to_json(verdict: Verdict) -> JsonObject:
    """Return the verdict as JSON."""
    data: JsonObject = _plain(verdict)
    return data


def verdict_from_json(data: JsonObject) -> Verdict:
    """Read a verdict; raises UsageError that names the first wrong field."""
    return _read(Verdict, data)


def exchange_to_json(exchange: Exchange) -> JsonObject:
    """Return the exchange as JSON (see attempt_to_json)."""
    data: JsonObject = {
        name: getattr(exchange, name) for name in Exchange.__slots__ if name != "attempts"
    }
    data["attempts"] = [attempt_to_json(a) for a in exchange.attempts]
    return data


def exchange_from_json(data: JsonObject) -> Exchange:
    """Read an exchange; raises UsageError that names the first wrong field."""
    attempts = tuple(attempt_from_json(a) for a in data.get("attempts", ()))
    return _read(Exchange, {**data, "attempts": attempts})


def attempt_to_json(attempt: Attempt) -> JsonObject:
    """Return the attempt; the body is text (``body_base64`` when not UTF-8) beside chunk sizes."""
    body = attempt.body
    data: JsonObject = {
        name: getattr(attempt, name) for name in Attempt.__slots__ if name != "chunks"
    }
    try:
        data["body"] = body.decode()
    except UnicodeDecodeError:
        data["body_base64"] = base64.b64encode(body).decode()
    data["chunks"] = [[round(ms, 3), len(chunk)] for ms, chunk in attempt.chunks]
    return data


def attempt_from_json(data: JsonObject) -> Attempt:
    """Read an attempt; raises UsageError that names the first wrong field."""
    rest = {k: v for k, v in data.items() if k not in ("body", "body_base64", "chunks")}
    if "body_base64" in data:
        body = base64.b64decode(data["body_base64"])
    else:
        body = str(data.get("body", "")).encode()
    chunks, start = [], 0
    for ms, size in data.get("chunks", ()):
        chunks.append((float(ms), body[start : start + size]))
        start += size
    return _read(Attempt, {**rest, "chunks": tuple(chunks)})


_NOT_READ = frozenset({"id", "schema_id", "format_version"})


def _read(
    cls: type[T], data: JsonObject, prepare: Callable[[JsonObject], JsonObject] | None = None
) -> T:
    from pydantic import ValidationError

    hashable: Any = cls
    try:
        read: T = _adapter(hashable).validate_python(prepare(data) if prepare else data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"not a {cls.__name__.lower()}: {place}: {first['msg']}") from None
    return read
