"""The check that every case passes before it leaves: its answer is allowed by its own tools."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from toolfuzz.core.case import Case, Json, JsonObject
from toolfuzz.generate.plainly import is_plainly_valid
from toolfuzz.generate.schema_values import first_error

__all__ = ["invalid_at"]


def invalid_at(case: Case) -> str | None:
    """Return where an expected call breaks its own tool's schema, None when all is well."""
    # The draft of generated schemas is known; to find it out would halve the speed.
    check = _first_error_of_ours if case.is_drawn else first_error
    for number, turn in enumerate(case.turns):
        offered = {tool.name: tool for tool in case.tools_at(number)}
        for call in turn.expect.calls:
            tool = offered.get(call.tool)
            if tool is None:
                return f"{call.tool}: not on offer"
            error = check(tool.parameters, call.arguments)
            if error is not None:
                return f"{call.tool}: {error}"
    return None


def _first_error_of_ours(schema: JsonObject, value: JsonObject) -> str | None:
    if is_plainly_valid(value, schema, schema):
        return None
    error = next(_Validator(schema).iter_errors(value), None)
    return None if error is None else str(error.json_path)


def _items(validator: Any, items: Json, value: Json, schema: Json) -> Iterator[Any]:
    """``items`` as in 2020-12, and as a list, which older drafts have for ``prefixItems``."""
    if not isinstance(items, list):
        yield from Draft202012Validator.VALIDATORS["items"](validator, items, value, schema) or ()
    elif isinstance(value, list):
        for n, (item, part) in enumerate(zip(value, items, strict=False)):
            yield from validator.descend(item, part, path=n, schema_path=n)


def _properties(validator: Any, properties: Json, value: Json, schema: Json) -> Iterator[Any]:
    """As the library has it, but for what is valid at first sight."""
    if isinstance(value, dict):
        for name, member in properties.items():
            if name in value and not is_plainly_valid(value[name], member, None):
                yield from validator.descend(value[name], member, path=name, schema_path=name)


_extended: Any = extend
_Validator: Any = _extended(Draft202012Validator, {"items": _items, "properties": _properties})
