"""A case as JSON and back, for files of their own (the journal's lines are ``core.events``)."""

from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.core.errors import UsageError

__all__ = [
    "FORMAT_VERSION",
    "case_from_json",
    "case_schema",
    "case_to_json",
    "first_error",
    "without_none",
]

FORMAT_VERSION: Final = 1
"""Stands in every file that toolfuzz writes."""

_COMPUTED = frozenset({"id", "schema_id"})


def case_to_json(case: Case) -> JsonObject:
    """Return the case as JSON; ids are included for people and recomputed on reading."""
    data: JsonObject = _case().dump_python(case, mode="json")
    return {"format_version": FORMAT_VERSION, **without_none(data, "world")}


def case_schema() -> JsonObject:
    """Return the JSON Schema of a case's file, for editors and for other tools."""
    schema = _case().json_schema()
    version = {"const": FORMAT_VERSION, "description": "The version of this format."}
    ids = {name: {"type": "string", "description": "Computed; not read."} for name in _COMPUTED}
    properties = {"format_version": version, **schema["properties"], **dict(sorted(ids.items()))}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "properties": properties,
    }


def without_none(data: JsonObject, key: str) -> JsonObject:
    """Return an object without a member that is null: what few have stands where it is had."""
    return data if data.get(key) is not None else {k: v for k, v in data.items() if k != key}


def case_from_json(data: JsonObject) -> Case:
    """Read a case; raises UsageError that names the first wrong field.

    Ids are recomputed, so that an edited case is another one.
    """
    try:
        case: Case = _case().validate_python({k: v for k, v in data.items() if k not in _COMPUTED})
    except ValidationError as error:
        raise UsageError(f"not a case: {first_error(error)}") from None
    return case


def first_error(error: ValidationError, *, below: int = 0) -> str:
    """Say where the first error is and what is wrong there: ``"turns.0.expect: Field required"``.

    ``below`` leaves out so many steps at the start of the place.
    """
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"][below:])
    return f"{place}: {first['msg']}"


@cache
def _case() -> TypeAdapter[Any]:
    return TypeAdapter(Case)
