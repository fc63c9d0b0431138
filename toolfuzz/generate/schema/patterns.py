"""A validator that works in bounded time, and which says what it can't find out.

A pattern that can't be read concerns only the part of the schema that it stands in: no string is
drawn there, and a validator that comes to it with a string raises instead of failing.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import extend

from toolfuzz.core import patterns
from toolfuzz.core.case import Json
from toolfuzz.generate.schema.budget import check_time

__all__ = ["UncheckablePattern", "with_bounded_patterns"]


class UncheckablePattern(Exception):  # noqa: N818
    """The value's validity hangs on a pattern that could not be tried on it."""


def _found(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text; raises UncheckablePattern."""
    answer = patterns.search(pattern, text)
    if answer is None:
        raise UncheckablePattern(pattern)
    return answer


@lru_cache(maxsize=8)
def with_bounded_patterns(draft: Any) -> Any:
    """Return the draft's validator class with other implementations of what uses patterns."""
    extended: Any = extend
    timed = {
        word: _timed(draft.VALIDATORS[word])
        for word in ("$ref", "allOf", "anyOf", "oneOf")
        if word in draft.VALIDATORS
    }
    return extended(
        draft,
        {
            **timed,
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
        },
    )


def _timed(keyword: Any) -> Any:
    """Wrap a keyword by which a small schema can apply exponentially many parts to one value."""

    def timed(validator: Any, wanted: Json, value: Json, schema: Json) -> Iterator[Any]:
        check_time()
        yield from keyword(validator, wanted, value, schema) or ()

    return timed


def _pattern(validator: Any, pattern: Json, value: Json, schema: Json) -> Iterator[Any]:
    if isinstance(value, str) and not _found(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, members: Json, value: Json, schema: Json) -> Iterator[Any]:
    for pattern, member in members.items() if isinstance(value, dict) else ():
        for key, item in value.items():
            if _found(pattern, key):
                yield from validator.descend(item, member, path=key, schema_path=pattern)


def _additional_properties(validator: Any, extra: Json, value: Json, schema: Json) -> Iterator[Any]:
    named, tried = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, item in value.items() if isinstance(value, dict) else ():
        if key not in named and not any(_found(pattern, key) for pattern in tried):
            yield from validator.descend(item, extra, path=key)
