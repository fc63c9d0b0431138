"""The check that every case passes before it leaves: its answer is allowed by its own tools."""

from jsonschema import Draft202012Validator

from toolfuzz.core.case import Case, JsonObject
from toolfuzz.generate.schema_values import first_error

__all__ = ["invalid_at"]


def invalid_at(case: Case) -> str | None:
    """Return where an expected call breaks its own tool's schema, None when all is well."""
    # Generated schemas are known to be of Draft 2020-12; to find it out would halve the speed.
    check = _first_error_2020_12 if case.origin == "generated" else first_error
    for turn in case.turns:
        for call in turn.expect.calls:
            tool = case.tool(call.tool)
            if tool is None:
                return f"{call.tool}: not on offer"
            error = check(tool.parameters, call.arguments)
            if error is not None:
                return f"{call.tool}: {error}"
    return None


def _first_error_2020_12(schema: JsonObject, value: JsonObject) -> str | None:
    error = next(Draft202012Validator(schema).iter_errors(value), None)
    return None if error is None else str(error.json_path)
